const PREFIX = "todo-stack.draft.";

interface Kept<T> {
  userId: string;
  draft: T;
}

/** A browser's window. One may refuse to keep anything, and throws where its store is named. */
export interface Keeper {
  sessionStorage: Pick<Storage, "getItem" | "setItem" | "removeItem">;
}

/** What somebody was writing in this tab; null where nothing is kept. What another user left here is dropped. */
export function readDraft<T>(keeper: Keeper, name: string, userId: string): T | null {
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
export function keepDraft<T>(keeper: Keeper, name: string, userId: string, draft: T | null): void {
  try {
    if (draft === null) keeper.sessionStorage.removeItem(PREFIX + name);
    else keeper.sessionStorage.setItem(PREFIX + name, JSON.stringify({ userId, draft }));
  } catch {
    // It is gone with the page then.
  }
}
