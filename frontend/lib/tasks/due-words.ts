import { callApi } from "../api/client";
import type { PreviewedTask, QuickAddPreview } from "../api/types";
import { timeZone } from "../time-zone";

/**
 * When "friday 5pm" is, as the server reads it: its fields of a task, without a date where it understands none.
 * @throws ApiError
 */
export async function readDue(
  words: string,
  signal: AbortSignal,
): Promise<Pick<PreviewedTask, "due_date" | "due_time" | "time_zone" | "recurrence">> {
  const { task } = await callApi<QuickAddPreview>("/api/me/tasks/quick-add?preview=true", {
    method: "POST",
    // A line that is nothing but a date is taken for a title.
    body: { text: `Task ${words}`, time_zone: timeZone() },
    signal,
  });
  return task;
}
