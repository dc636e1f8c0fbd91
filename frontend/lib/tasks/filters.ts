import type { DueWindow, Priority, Status } from "../api/types";

export type Sort = "due_date" | "created" | "priority" | "title";

/** Which tasks the list shows, and in what order. */
export interface TaskFilters {
  status: Status;
  /** One of these is enough; none is any time. */
  due: readonly DueWindow[];
  priorities: Priority[];
  tag: string;
  query: string;
  sort: Sort;
}

/** What is open, soonest first: the list as a person finds it. */
export const DEFAULT_FILTERS: TaskFilters = {
  status: "pending",
  due: [],
  priorities: [],
  tag: "",
  query: "",
  sort: "due_date",
};

export interface View {
  label: string;
  status: Status;
  due: readonly DueWindow[];
}

/** The filters that people use most, by name. */
export const VIEWS: readonly View[] = [
  { label: "Open", status: "pending", due: [] },
  { label: "Today", status: "pending", due: ["today"] },
  { label: "This week", status: "pending", due: ["week"] },
  { label: "Overdue", status: "pending", due: ["overdue"] },
  { label: "Done", status: "completed", due: [] },
];

export const DUE_LABELS: Record<DueWindow, string> = {
  today: "Today",
  tomorrow: "Tomorrow",
  week: "This week",
  overdue: "Overdue",
  none: "No date",
};

export const SORT_LABELS: Record<Sort, string> = {
  due_date: "Due date",
  created: "Newest first",
  priority: "Priority",
  title: "Title",
};

/** Whether a view is what the filters show. */
export function isView(view: View, { status, due }: TaskFilters): boolean {
  return view.status === status && view.due.join() === due.join();
}

/** How many filters are set beyond what a named view sets. */
export function extraFilters({ due, priorities, tag }: TaskFilters): number {
  return Number(due.length > 1) + Number(priorities.length > 0) + Number(tag.trim() !== "");
}

/** Whether anything but the order keeps tasks off the list. */
export function isFiltered(filters: TaskFilters): boolean {
  return (
    filters.status !== "pending" ||
    filters.due.length > 0 ||
    filters.query.trim() !== "" ||
    extraFilters(filters) > 0
  );
}

/** The query string of `GET /api/me/tasks`. */
export function toSearchParams(
  filters: TaskFilters,
  timeZone: string,
  cursor: string | null,
): URLSearchParams {
  const params = new URLSearchParams({
    status: filters.status,
    sort: filters.sort,
    time_zone: timeZone,
    limit: "50",
  });
  for (const priority of filters.priorities) params.append("priority", priority);
  for (const window of filters.due) params.append("due", window);
  if (filters.tag.trim()) params.set("tag", filters.tag.trim());
  if (filters.query.trim()) params.set("q", filters.query.trim());
  if (cursor) params.set("cursor", cursor);
  return params;
}
