import type { Task } from "../api/types";

/** What a waiting change does to its task. */
export type Kind = "add" | "change" | "complete" | "delete" | "restore";

/** Why a change was not made, or was not sent again. */
export interface Refusal {
  /** `conflict`: another change came first; `late`: it may have been made, too long ago for the server to know. */
  kind: "conflict" | "late" | "refused";
  words: string;
  /** The task as the server has it, where another change came first. */
  now: Task | null;
}

/** A change that is kept until the site answers. */
export interface Waiting {
  /** Its Idempotency-Key: the server makes it once. */
  key: string;
  kind: Kind;
  method: "POST" | "PATCH" | "DELETE";
  path: string;
  body: Record<string, unknown> | undefined;
  /** The task that it is about: less than zero as long as that is not made. */
  taskId: number;
  /** How the task is called. */
  title: string;
  /** The task as the server had it when it was last heard of, with all changes before this one. */
  before: Task | null;
  /** When it was first sent: from then on it may have been made. */
  triedAt: number | null;
  refusal: Refusal | null;
}

/** Fields whose former value a change must have seen. */
const SEEN = ["title", "description", "priority", "due_date", "due_time", "tags"] as const;
type Seen = (typeof SEEN)[number];

const isSame = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other);

/** The fields that somebody else has changed meanwhile to something else than this change would. */
export function fieldsInConflict({ kind, body, before }: Waiting, now: Task): Seen[] {
  if (kind !== "change" || !before || !body) return [];
  return SEEN.filter(
    (field) =>
      field in body && !isSame(now[field], before[field]) && !isSame(now[field], body[field]),
  );
}

/** The first change that can be sent: what follows a refused one of the same task waits for that one's end. */
export const nextToSend = (changes: readonly Waiting[]): Waiting | undefined =>
  changes.find(
    (change, index) =>
      !change.refusal &&
      !changes.slice(0, index).some((former) => former.refusal && isBefore(former, change)),
  );

/** Whether a change is about the same task as a later one, or about the one that this adds to. */
const isBefore = (former: Waiting, { taskId, body }: Waiting) =>
  former.taskId === taskId || former.taskId === body?.parent_id;

/** Changes with a task's id where they had the one that stood for it. */
export const withId = (changes: readonly Waiting[], from: number, to: number): Waiting[] =>
  changes.map((change) => ({
    ...change,
    taskId: change.taskId === from ? to : change.taskId,
    path: change.path.replace(new RegExp(`/tasks/${from}(?=/|$)`), `/tasks/${to}`),
    body: change.body?.parent_id === from ? { ...change.body, parent_id: to } : change.body,
  }));

/** What a change would do, in words. */
export function inWords({ kind, title, body }: Waiting): string {
  if (kind === "add") return `Add “${title}”`;
  if (kind === "delete") return `Delete “${title}”`;
  if (kind === "restore") return `Bring back “${title}”`;
  if (kind === "complete") return body?.completed ? `Complete “${title}”` : `Open “${title}” again`;
  return typeof body?.title === "string"
    ? `Rename “${title}” to “${body.title}”`
    : `Change “${title}”`;
}
