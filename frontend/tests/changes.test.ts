import { describe, expect, it } from "vitest";
import type { Task } from "@/lib/api/types";
import { changesBack, changeWords, type RowChanges } from "@/lib/tasks/changes";

const TASK = {
  title: "Pay rent",
  priority: "low",
  due_date: "2026-11-24",
  due_time: null,
  due_at: null,
  time_zone: "UTC",
  completed: false,
} as Task;
const words = (changes: RowChanges) =>
  changeWords(TASK, { ...TASK, ...changes }, changes, "UTC", new Date("2026-11-23T12:00:00Z"));

describe("a change of a row", () => {
  it.each<[RowChanges, string]>([
    [{ title: "Pay the rent" }, "Renamed “Pay rent” to “Pay the rent”"],
    [{ priority: "high" }, "Changed “Pay rent” · high priority"],
    [{ priority: "none" }, "Changed “Pay rent” · no priority"],
    [{ due_date: "2026-11-23", due_time: null }, "Changed “Pay rent” · Today"],
    [{ due_date: null, due_time: null }, "Changed “Pay rent” · No date"],
  ])("%j is told as %s", (changes, told) => {
    expect(words(changes)).toBe(told);
  });

  it("is taken back by what its fields were, and by nothing else", () => {
    expect(changesBack(TASK, { title: "Pay the rent" })).toEqual({ title: "Pay rent" });
    expect(
      changesBack(TASK, { due_date: null, due_time: null, time_zone: "Asia/Karachi" }),
    ).toEqual({ due_date: "2026-11-24", due_time: null, time_zone: "UTC" });
  });
});
