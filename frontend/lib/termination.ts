import { existsSync, writeFileSync } from "node:fs";
import type { Condition } from "./codes";

/** The kubelet reads no more. */
const MOST_BYTES = 4096;

/**
 * Leaves a line of JSON for each condition where the kubelet, and through it `todo status`, finds why a container
 * ended; nothing where there is no such file, as outside of a pod.
 */
export function writeTerminationMessage(
  conditions: Condition[],
  file = "/dev/termination-log",
): void {
  if (!existsSync(/* turbopackIgnore: true */ file)) return;
  let message = "";
  for (const condition of conditions) {
    const line = `${JSON.stringify(condition)}\n`;
    if (Buffer.byteLength(message + line) <= MOST_BYTES) message += line;
  }
  try {
    writeFileSync(/* turbopackIgnore: true */ file, message);
  } catch {
    // The exit code and the log tell it too.
  }
}
