import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { besideAt, besideNow, placeOfDragged, roomMade, withMoved } from "@/lib/tasks/order";

const tasks = (ids: string) => [...ids].map((id) => ({ id: Number(id) }));
const idsOf = (pages: { id: number }[][]) => pages.map((page) => page.map(({ id }) => id).join(""));

describe("a task that is moved", () => {
  it.each([
    [1, 0, { before: 1 }],
    [0, 1, { after: 2 }],
    [3, 1, { before: 2 }],
    [0, 3, { after: 4 }],
    [0, -1, null],
    [3, 4, null],
    [2, 2, null],
  ])("from place %i to %i goes %j", (from, to, beside) => {
    expect(besideAt(tasks("1234"), from, to)).toEqual(beside);
  });

  it.each([
    ["1234", 2, { after: 2 }],
    ["1234", 0, { before: 2 }],
    ["1", 0, null],
  ])("in %s at place %i is %j", (ids, place, beside) => {
    expect(besideNow(tasks(ids), place)).toEqual(beside);
  });

  it("goes from page to page, and pages stay as long as they were", () => {
    const pages = [tasks("123"), tasks("45")];
    expect(idsOf(withMoved(pages, 1, { after: 4 }))).toEqual(["234", "15"]);
    expect(idsOf(withMoved(pages, 5, { before: 1 }))).toEqual(["512", "34"]);
  });

  it("changes nothing in a list that has not both", () => {
    const pages = [tasks("12")];
    expect(withMoved(pages, 3, { after: 1 })).toBe(pages);
    expect(withMoved(pages, 1, { before: 3 })).toBe(pages);
  });

  it("is where it was once the move is rolled back", () => {
    const places = fc.integer({ min: 0, max: 5 });
    fc.assert(
      fc.property(places, places, (from, to) => {
        fc.pre(from !== to);
        const pages = [tasks("1234"), tasks("56")];
        const all = pages.flat();
        const { id } = all[from]!;
        const moved = withMoved(pages, id, besideAt(all, from, to)!);
        expect(moved.flat()[to]).toEqual({ id });
        expect(withMoved(moved, id, besideNow(all, from)!)).toEqual(pages);
      }),
    );
  });
});

describe("a row that is dragged", () => {
  it.each([
    [0, 0, 0],
    [0, 35, 0],
    [0, 45, 1],
    [0, 1000, 3],
    [2, -45, 1],
    [2, -1000, 0],
    [2, 35, 2],
  ])("from place %i by %i px is at place %i", (from, distance, place) => {
    expect(placeOfDragged([20, 60, 100, 140], from, distance)).toBe(place);
  });

  it.each([
    [1, 3, [0, 0, -1, -1, 0]],
    [3, 1, [0, 1, 1, 0, 0]],
    [2, 2, [0, 0, 0, 0, 0]],
  ])("from place %i to %i has others make room", (from, to, room) => {
    expect(room.map((_, place) => roomMade(place, from, to))).toEqual(room);
  });
});
