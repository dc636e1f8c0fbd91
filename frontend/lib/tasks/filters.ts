import { PRIORITIES, type DueWindow, type Priority, type Sort, type Status } from "../api/types";

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

export const STATUS_LABELS: Record<Status, string> = {
  pending: "Open",
  completed: "Done",
  all: "Open and done",
};

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
  manual: "My order",
};

const isIn =
  <T extends string>(known: object) =>
  (value: string): value is T =>
    Object.hasOwn(known, value);

export const isSort = isIn<Sort>(SORT_LABELS);
export const isDueWindow = isIn<DueWindow>(DUE_LABELS);
export const isStatus = isIn<Status>(STATUS_LABELS);
export const isPriority = (value: string): value is Priority =>
  (PRIORITIES as readonly string[]).includes(value);
