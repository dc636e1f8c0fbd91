const PREFIX = "todo-stack.draft.";

/** What is written: a line for a task, a message to the assistant. */
export type DraftName = (typeof NAMES)[number];
const NAMES = ["line", "message"] as const;

interface Kept<T> {
  userId: string;
  draft: T;
}

/** A browser's window. One may refuse to keep anything, and throws where its store is named. */
export interface Keeper {
  sessionStorage: Pick<Storage, "getItem" | "setItem" | "removeItem">;
}

/** What somebody was writing in this tab; null where nothing is kept. What another user left here is dropped. */
export function readDraft<T>(keeper: Keeper, name: DraftName, userId: string): T | null {
  try {
    const kept = JSON.parse(keeper.sessionStorage.getItem(PREFIX + name)!) as Kept<T> | null;
    if (kept?.userId === userId) return kept.draft;
    keeper.sessionStorage.removeItem(PREFIX + name);
  } catch {
    // Nothing is kept then.
  }
  return null;
}

/** Keeps what its user is writing; null has nothing kept. */
export function keepDraft<T>(
  keeper: Keeper,
  name: DraftName,
  userId: string,
  draft: T | null,
): void {
  try {
    if (draft === null) keeper.sessionStorage.removeItem(PREFIX + name);
    else keeper.sessionStorage.setItem(PREFIX + name, JSON.stringify({ userId, draft }));
  } catch {
    // It is gone with the page then.
  }
}

/** Has nothing left in this tab of what was being written, for whoever leaves on purpose. */
export function dropDrafts(keeper: Keeper): void {
  try {
    for (const name of NAMES) keeper.sessionStorage.removeItem(PREFIX + name);
  } catch {
    // Nothing is kept then.
  }
}
