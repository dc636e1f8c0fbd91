import { describe, expect, it } from "vitest";
import type { Change } from "@/lib/api/types";
import { stateOf } from "@/lib/chat/told";

/** A change that left these fields, of task 1 where none is named. */
const change = (id: string, after: Record<string, unknown>, task_id = 1): Change => ({
  id,
  at: "2026-11-30T09:00:00Z",
  entry_point: "chat",
  source: null,
  kind: "change",
  subject: null,
  undone: false,
  count: 1,
  words: "Changed",
  tasks: [{ task_id, title: "Buy milk", action: "updated", before: {}, after }],
});

describe("a change", () => {
  const own = change("own", { priority: "high", tags: ["home"] });
  it.each<[string, Change[], ReturnType<typeof stateOf>]>([
    ["can be undone", [own], "done"],
    ["is undone", [{ ...own, undone: true }], "undone"],
    ["is too old to be known", [], undefined],
    ["of which another field was changed since", [change("b", { title: "Milk" }), own], "done"],
    ["of another task", [change("b", { priority: "low" }, 2), own], "done"],
    [
      "of which the same field was changed since",
      [change("b", { priority: "low" }), own],
      "changed",
    ],
    [
      "of which the same field was changed and changed back",
      [change("c", { priority: "high" }), change("b", { priority: "low" }), own],
      "done",
    ],
    ["of which the same was set once more", [change("b", { tags: ["home"] }), own], "done"],
    ["after which others came before", [own, change("b", { priority: "low" })], "done"],
  ])("%s", (_what, changes, expected) => expect(stateOf(changes, "own")).toBe(expected));

  it("that deleted can be undone whenever it was deleted again", () => {
    const at = (deleted_at: string | null) => change("own", { deleted_at });
    const again = { ...at("2026-12-01T09:00:00Z"), id: "b" };
    expect(stateOf([again, at("2026-11-30T09:00:00Z")], "own")).toBe("done");
    expect(stateOf([{ ...at(null), id: "b" }, at("2026-11-30T09:00:00Z")], "own")).toBe("changed");
  });
});
