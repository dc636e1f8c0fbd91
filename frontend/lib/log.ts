import { getConfig } from "./config";

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
  process.stdout.write(`${JSON.stringify(record)}\n`);
}
