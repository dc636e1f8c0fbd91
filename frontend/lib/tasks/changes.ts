import type { Task, TaskInput } from "../api/types";
import { dueLabel } from "./due";

/** Changes in place: fields of a task that its row can change. */
export type RowChanges = Partial<
  Pick<TaskInput, "title" | "priority" | "due_date" | "due_time" | "time_zone">
>;

/** What the changed fields were before. */
export function changesBack(before: Task, changes: RowChanges): RowChanges {
  const names = Object.keys(changes) as (keyof RowChanges)[];
  return Object.fromEntries(names.map((name) => [name, before[name]]));
}

/** What a notice says of changes: "Changed “Pay rent” · Tomorrow". */
export function changeWords(
  before: Task,
  after: Task,
  changes: RowChanges,
  timeZone: string,
  now: Date,
): string {
  if (changes.title !== undefined) return `Renamed “${before.title}” to “${after.title}”`;
  const what =
    changes.priority === undefined
      ? (dueLabel(after, timeZone, now)?.text ?? "No date")
      : `${after.priority === "none" ? "no" : after.priority} priority`;
  return `Changed “${after.title}” · ${what}`;
}
