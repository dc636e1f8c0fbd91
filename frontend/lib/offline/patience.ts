import { SLOW_MS } from "./soon";
import { offlineState } from "./state";

/** How long the site is waited for before what is kept is shown, in ms: no more where it keeps silent already. */
export const patience = (): number => ((offlineState().isSilent ?? cameSlowly()) ? 0 : SLOW_MS);

/** Whether the page itself came after so long that it is the kept one: the site was asked for it in vain. */
function cameSlowly(): boolean {
  const [opened] = performance.getEntriesByType("navigation") as PerformanceNavigationTiming[];
  return opened !== undefined && opened.responseStart - opened.startTime >= SLOW_MS;
}
