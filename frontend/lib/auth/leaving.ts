import { keepPerson } from "./kept-person";
import { signInFor } from "./return-address";

let leaving = false;

/**
 * Leaves for a page by a full load, so that nothing of whoever was signed in stays in memory; `last` is waited for. The
 * first to leave decides where to: what is refused on the way out leads nowhere else.
 */
export function leaveFor(path: string, last?: Promise<void>): void {
  if (leaving) return;
  leaving = true;
  const go = () => window.location.assign(path);
  if (last) void last.then(go, go);
  else go();
}

/** Whether this page is on its way out: nothing more is asked for on behalf of whoever was signed in. */
export const isLeaving = (): boolean => leaving;

/** Leaves for signing in, which leads back here. */
export function leaveToSignIn(): void {
  keepPerson(window, null);
  leaveFor(signInFor(window.location.pathname + window.location.search));
}
