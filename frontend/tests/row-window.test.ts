import { describe, expect, it } from "vitest";
import { endsOf, nextRows, ROW_PX, rowsBetween, topOf } from "@/components/tasks/row-window";

const ids = Array.from({ length: 100 }, (_, index) => index);

describe("rows of a long list", () => {
  it("end below one another, as high as they are or as is usual", () => {
    expect(endsOf([1, 2, 3], new Map([[2, 90]]), 50)).toEqual([50, 140, 190]);
  });

  it("are those with a part in sight, and few more", () => {
    const ends = endsOf(ids, new Map(), 50);
    expect(rowsBetween(ends, -1_200, 100)).toEqual({ from: 0, to: 4 });
    expect(rowsBetween(ends, 1_000, 2_000)).toEqual({ from: 20, to: 40 });
    expect(rowsBetween(ends, 1_049, 2_001)).toEqual({ from: 20, to: 44 });
    expect(rowsBetween(ends, 4_800, 9_000)).toEqual({ from: 96, to: 100 });
  });

  it("are none above and below", () => {
    const ends = endsOf(ids, new Map(), 50);
    expect(rowsBetween(ends, -2_000, 0)).toEqual({ from: 0, to: 0 });
    expect(rowsBetween(ends, 5_000, 6_000)).toEqual({ from: 0, to: 0 });
    expect(rowsBetween([], 0, 1_000)).toEqual({ from: 0, to: 0 });
  });

  it("are drawn few at a time, what is in sight first", () => {
    const wanted = { from: 40, to: 100 };
    const inSight = { from: 60, to: 80 };
    const drawn = [{ from: 0, to: 20 }];
    for (let step = 0; step < 4; step++) drawn.push(nextRows(drawn.at(-1)!, wanted, inSight));
    expect(drawn.slice(1)).toEqual([
      { from: 60, to: 80 },
      { from: 52, to: 88 },
      { from: 44, to: 96 },
      { from: 40, to: 100 },
    ]);
    expect(nextRows({ from: 20, to: 70 }, wanted, inSight)).toEqual({ from: 40, to: 78 });
  });

  it("are drawn before they come into sight, and not once they are far from it", () => {
    const none = { from: 0, to: 0 };
    expect(nextRows(none, { from: 0, to: 24 }, none)).toEqual({ from: 0, to: 8 });
    expect(nextRows({ from: 0, to: 8 }, { from: 0, to: 24 }, none)).toEqual({ from: 0, to: 16 });
    expect(nextRows({ from: 0, to: 24 }, none, none)).toEqual(none);
  });

  it("have a place also where they came after it was reckoned", () => {
    expect(topOf([50, 140], 0)).toBe(0);
    expect(topOf([50, 140], 2)).toBe(140);
    expect(topOf([50, 140], 4)).toBe(140 + 2 * ROW_PX);
  });
});
