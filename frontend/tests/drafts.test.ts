import { beforeEach, expect, it } from "vitest";
import { dropDrafts, keepDraft, readDraft, type Keeper } from "@/lib/drafts";

/** A tab's store. */
function emptyTab(): Keeper & { kept: Map<string, string> } {
  const kept = new Map<string, string>();
  return {
    kept,
    sessionStorage: {
      getItem: (key) => kept.get(key) ?? null,
      setItem: (key, value) => void kept.set(key, value),
      removeItem: (key) => void kept.delete(key),
    },
  };
}

let tab: ReturnType<typeof emptyTab>;
beforeEach(() => {
  tab = emptyTab();
});

it("gives back what its user wrote, each draft by its name", () => {
  keepDraft(tab, "line", "ada", { text: "milk", refused: [] });
  keepDraft(tab, "message", "ada", "hello");
  expect(readDraft(tab, "line", "ada")).toEqual({ text: "milk", refused: [] });
  expect(readDraft(tab, "message", "ada")).toBe("hello");
});

it("shows nothing to another user, and drops it", () => {
  keepDraft(tab, "line", "ada", "secret");
  expect(readDraft(tab, "line", "bob")).toBeNull();
  expect(tab.kept.size).toBe(0);
});

it("keeps nothing of what was sent", () => {
  keepDraft(tab, "line", "ada", "milk");
  keepDraft(tab, "line", "ada", null);
  expect(tab.kept.size).toBe(0);
});

it("leaves nothing to find after whoever leaves on purpose", () => {
  keepDraft(tab, "line", "ada", "milk");
  keepDraft(tab, "message", "ada", "hello");
  dropDrafts(tab);
  expect(tab.kept.size).toBe(0);
});

it("does without a store, and with one that holds something else", () => {
  const closed: Keeper = {
    get sessionStorage(): never {
      throw new Error("refused");
    },
  };
  keepDraft(closed, "line", "ada", "milk");
  expect(readDraft(closed, "line", "ada")).toBeNull();
  dropDrafts(closed);
  tab.kept.set("todo-stack.draft.line", "{");
  expect(readDraft(tab, "line", "ada")).toBeNull();
});
