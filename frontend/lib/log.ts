import { setTimeout } from "node:timers";
import { getConfig } from "./config";

/** How long a line may wait for others: each write costs more than making a line. */
const GATHER_MS = 10;

/** Lines that are still to be written. */
let lines = "";

/** Writes what is still to be written now, as before the process ends. */
export function flushLog(): void {
  const written = lines;
  lines = "";
  if (written) process.stdout.write(written);
}

/** What was thrown, for the log: whatever it is. */
export function described(error: unknown): string {
  return (error instanceof Error && error.stack) || String(error);
}

/** Writes one JSON object per line, the shape that the backend's logs have. */
export function log(
  level: "info" | "warning" | "error",
  message: string,
  fields: Record<string, unknown> = {},
): void {
  const record = {
    time: new Date().toISOString(),
    level,
    message,
    pod: getConfig().podName,
    ...fields,
  };
  if (!lines) setTimeout(flushLog, GATHER_MS);
  lines += `${JSON.stringify(record)}\n`;
}
