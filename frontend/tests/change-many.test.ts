import { describe, expect, it } from "vitest";
import type { Task } from "@/lib/api/types";
import { filtersOf, toSearchParams, type Place } from "@/lib/places/places";
import { conditionsOf, leavesOpen, withChanges } from "@/lib/tasks/change-many";

const task = (id: number, more: Partial<Task> = {}) =>
  ({ id, title: `Task ${id}`, completed: false, tags: ["home"], ...more }) as Task;

describe("the lists, before the server has answered", () => {
  const list = [task(1), task(2, { tags: [] }), task(3)];
  const some = new Set([1, 2]);

  it("have the changes in the tasks that are meant", () => {
    const changed = withChanges(list, some, { priority: "high", due_date: "2026-12-31" });
    expect(changed.map(({ priority, due_date }) => [priority, due_date])).toEqual([
      ["high", "2026-12-31"],
      ["high", "2026-12-31"],
      [undefined, undefined],
    ]);
    expect(changed[2]).toBe(list[2]);
  });

  it("add tags to each, and take them away", () => {
    const tagsOf = (changes: Parameters<typeof withChanges>[2]) =>
      withChanges(list, some, changes).map(({ tags }) => tags);
    expect(tagsOf({ add_tags: ["work", "home"] })).toEqual([
      ["home", "work"],
      ["work", "home"],
      ["home"],
    ]);
    expect(tagsOf({ remove_tags: ["home"] })).toEqual([[], [], ["home"]]);
  });

  it("are without what is deleted", () => {
    expect(withChanges(list, some, null)).toEqual([list[2]]);
  });
});

describe("open subtasks", () => {
  const parent = task(1, { subtasks: { done: 1, total: 3 } });
  const sub = (id: number, completed = false) => task(id, { parent_id: 1, completed });

  it("are left open by completing their parent without all of them", () => {
    expect(leavesOpen([parent])).toBe(true);
    expect(leavesOpen([parent, sub(2), sub(3, true)])).toBe(true);
    expect(leavesOpen([parent, sub(2), sub(4)])).toBe(false);
    expect(leavesOpen([{ ...parent, completed: true }])).toBe(false);
    expect(leavesOpen([task(5), sub(2)])).toBe(false);
  });
});

describe("all that a list has", () => {
  it.each<[Place, object]>([
    [{ name: "today" }, { status: "pending", due: ["overdue", "today"], tag: [] }],
    [{ name: "upcoming" }, { status: "pending", due: [], due_from: "2027-01-01" }],
    [{ name: "done" }, { status: "completed", due_from: null }],
    [
      { name: "tag", tag: "home" },
      { status: "pending", tag: ["home"] },
    ],
  ])("of %j is asked for as the list is", (place, conditions) => {
    const params = toSearchParams(place, filtersOf(place), "Asia/Karachi", "2026-12-31", null);
    expect(conditionsOf(params)).toMatchObject({ ...conditions, time_zone: "Asia/Karachi", q: "" });
  });
});
