import type { QueryKey } from "@tanstack/react-query";
import type { LineDefaults, Task } from "../api/types";
import { placeAt } from "../places/places";
import { dayAfter } from "../tasks/due";
import type { TaskFilters } from "../tasks/filters";
import { LISTS } from "../tasks/keys";
import type { Days } from "../tasks/month";
import { shownAtOnce } from "../tasks/mutations";
import type { TaskPages } from "../tasks/queries";
import type { Waiting } from "./waiting";

/** A task with what waits done to it; null where it is deleted. */
export function withChanges(task: Task, changes: readonly Waiting[]): Task | null {
  let shown = task;
  let isDeleted = false;
  for (const { taskId, kind, body, refusal } of changes) {
    if (taskId !== task.id || refusal || kind === "add") continue;
    shown = { ...shown, ...shownAtOnce({ ...body }), waiting: true };
    if (kind === "delete" || kind === "restore") isDeleted = kind === "delete";
  }
  return isDeleted ? null : shown;
}

/** The task that a change would add: a line that nobody has read yet is its title. */
export function newTask({ taskId, title, body }: Waiting): Task {
  const { defaults, ...fields } = { ...body };
  const moment = new Date().toISOString();
  return {
    id: taskId,
    user_id: "",
    description: "",
    completed: false,
    priority: "none",
    due_date: null,
    due_time: null,
    time_zone: null,
    due_at: null,
    tags: [],
    recurrence: null,
    created_at: moment,
    updated_at: moment,
    completed_at: null,
    ...(defaults as Partial<LineDefaults> | undefined),
    ...shownAtOnce(fields),
    title,
    waiting: true,
  };
}

/** Shows a list with what waits done: changed tasks where they are, new ones where they belong. */
export function showWaiting(changes: readonly Waiting[]) {
  return (list: TaskPages, key: QueryKey): TaskPages => {
    const pages = list.pages.map((page) => ({
      ...page,
      items: page.items.flatMap((task) => withChanges(task, changes) ?? []),
    }));
    const [first, ...others] = pages;
    if (!first) return list;
    const known = new Set(list.pages.flatMap(({ items }) => items.map(({ id }) => id)));
    let { items } = first;
    for (const change of changes) {
      if (change.kind !== "add" || change.refusal || known.has(change.taskId)) continue;
      const task = withChanges(newTask(change), changes);
      if (task && belongs(task, key)) items = placed(items, task, key);
    }
    return { ...list, pages: [{ ...first, items }, ...others] };
  };
}

/** Whether a task is of the list under a key. */
function belongs(task: Task, key: QueryKey): boolean {
  const [path, filters, , today, days] = key.slice(LISTS.length) as ListKey;
  if (path === "of") return task.parent_id === (filters as unknown);
  const place = placeAt(path);
  if (!place || task.parent_id || filters.query.trim() || filters.status === "completed")
    return false;
  const { due_date: due } = task;
  if (filters.tag && !task.tags.includes(filters.tag)) return false;
  if (filters.priorities.length > 0 && !filters.priorities.includes(task.priority)) return false;
  if (days && !(due && days.from <= due && due <= days.to)) return false;
  if (place.name === "upcoming" && !(due && due > today)) return false;
  return filters.due.length === 0 || filters.due.some((window) => isDueIn(window, due, today));
}

/** What follows the name of a list of a place in its key. */
type ListKey = [path: string, filters: TaskFilters, zone: string, today: string, days: Days | null];

function isDueIn(window: TaskFilters["due"][number], due: string | null, today: string): boolean {
  if (due === null) return window === "none";
  if (window === "overdue") return due < today;
  if (window === "week") return today <= due && due <= dayAfter(today, 6);
  return due === (window === "tomorrow" ? dayAfter(today) : today);
}

/** The tasks with one more: by its day where they go by that, else first. */
function placed(items: Task[], task: Task, key: QueryKey): Task[] {
  const { sort } = (key[LISTS.length + 1] ?? {}) as Partial<TaskFilters>;
  const day = ({ due_date }: Task) => due_date ?? "9999";
  const later =
    sort === "due_date" ? items.findIndex((other) => day(other) > day(task)) : sort ? 0 : -1;
  return later < 0 ? [...items, task] : items.toSpliced(later, 0, task);
}
