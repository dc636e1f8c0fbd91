/** The REST contract's shapes, as the task service sends them. */

export const PRIORITIES = ["none", "low", "medium", "high"] as const;
export type Priority = (typeof PRIORITIES)[number];

export type Status = "all" | "pending" | "completed";
export type DueWindow = "today" | "tomorrow" | "week" | "overdue" | "none";
export type Sort = "created" | "due_date" | "priority" | "title";

export interface Task {
  id: number;
  user_id: string;
  title: string;
  description: string;
  completed: boolean;
  priority: Priority;
  /** YYYY-MM-DD, in `time_zone`. */
  due_date: string | null;
  /** HH:MM, in `time_zone`. */
  due_time: string | null;
  time_zone: string | null;
  /** The moment it falls due, RFC 3339 in UTC; the end of the day for a date without a time. */
  due_at: string | null;
  tags: string[];
  created_at: string;
  updated_at: string;
  completed_at: string | null;
}

export interface TaskPage {
  items: Task[];
  next_cursor: string | null;
}

/** What a person fills in. */
export type TaskInput = Pick<
  Task,
  "title" | "description" | "priority" | "due_date" | "due_time" | "time_zone" | "tags"
>;

export interface TaskFilters {
  status: Status;
  priorities: Priority[];
  tag: string | null;
  due: DueWindow | null;
  query: string;
  sort: Sort;
}
