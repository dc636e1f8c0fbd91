import type { PreviewedTask } from "../api/types";
import { timeZone } from "../time-zone";
import { readLine } from "./read-line";

/**
 * When "friday 5pm" is, as the server reads it: its fields of a task, without a date where it understands none.
 * @throws ApiError
 */
export async function readDue(
  words: string,
  signal: AbortSignal,
): Promise<Pick<PreviewedTask, "due_date" | "due_time" | "time_zone" | "recurrence">> {
  // A line that is nothing but a date is taken for a title.
  const { task } = await readLine({ text: `Task ${words}`, time_zone: timeZone() }, signal);
  return task;
}
