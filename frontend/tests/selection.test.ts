import { describe, expect, it } from "vitest";
import { extended, whole, within } from "@/lib/tasks/select-range";
import { NOTHING, toggled, type Selection } from "@/lib/tasks/selection";

const ORDER = [10, 20, 30, 40, 50];
const tasks = (...ids: number[]) => ids.map((id) => ({ id }));
const idsOf = ({ ids }: Selection) => [...ids].sort((a, b) => a - b);

/** A range, as Shift and a key make it from one task to the next. */
const walked = (selection: Selection, ...path: number[]) =>
  path.slice(1).reduce((now, to, index) => extended(now, ORDER, path[index]!, to), selection);

describe("what is selected", () => {
  it("has a task more or less", () => {
    const two = toggled(toggled(NOTHING, 10), 30);
    expect(idsOf(two)).toEqual([10, 30]);
    expect(idsOf(toggled(two, 10))).toEqual([30]);
  });

  it("becomes longer with each step, and shorter on the way back", () => {
    expect(idsOf(walked(NOTHING, 20, 30, 40))).toEqual([20, 30, 40]);
    expect(idsOf(walked(NOTHING, 20, 30, 40, 30))).toEqual([20, 30]);
    expect(idsOf(walked(NOTHING, 20, 30, 20, 10))).toEqual([10, 20]);
  });

  it("keeps what was selected before a range", () => {
    expect(idsOf(walked(toggled(NOTHING, 50), 10, 20, 30, 20))).toEqual([10, 20, 50]);
    expect(idsOf(walked(walked(NOTHING, 10, 20), 40, 50))).toEqual([10, 20, 40, 50]);
  });

  it("goes on from a task that was selected by itself", () => {
    expect(idsOf(walked(toggled(NOTHING, 20), 20, 30, 40))).toEqual([20, 30, 40]);
  });

  it("loses what leaves the list, and is the same where nothing does", () => {
    const range = walked(NOTHING, 10, 20, 30);
    expect(within(range, tasks(...ORDER))).toBe(range);
    const left = within(range, tasks(10, 20, 40));
    expect(idsOf(left)).toEqual([10, 20]);
    expect(left.head).toBeNull();
    expect(within(range, tasks(40))).toBe(NOTHING);
    expect(within(range, [])).toBe(NOTHING);
  });

  it("has all that is there where all are meant", () => {
    const all = whole(ORDER, true);
    expect(within(all, tasks(...ORDER))).toBe(all);
    const more = within(all, tasks(20, 30, 40, 50, 60));
    expect(more.isAll).toBe(true);
    expect(idsOf(more)).toEqual([20, 30, 40, 50, 60]);
    expect(toggled(more, 60).isAll).toBe(false);
    expect(within(all, [])).toBe(NOTHING);
  });
});
