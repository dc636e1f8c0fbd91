import { getConfig } from "./config";

/** Lines of this turn of the event loop: written together, for each write costs as much as making a line. */
let lines = "";

/** Writes what is still to be written; before the process ends this is now. */
export function flushLog(): void {
  const written = lines;
  lines = "";
  if (written) process.stdout.write(written);
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
  if (!lines) setImmediate(flushLog);
  lines += `${JSON.stringify(record)}\n`;
}
