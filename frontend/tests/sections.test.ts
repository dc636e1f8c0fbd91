import { describe, expect, it } from "vitest";
import type { Task } from "@/lib/api/types";
import { sections } from "@/lib/tasks/sections";

const KARACHI = "Asia/Karachi";
/** Tuesday morning in Karachi, Monday evening in London. */
const NOW = new Date("2026-12-28T20:30:00Z");

/** A task that is due on a date, or at a moment. */
function due(when: string | null): Task {
  const isMoment = when?.includes("T") ?? false;
  return {
    title: when ?? "never",
    completed: false,
    due_date: when?.slice(0, 10) ?? null,
    due_time: isMoment ? when!.slice(11, 16) : null,
    due_at: isMoment ? when : null,
  } as Task;
}

const shown = (dates: (string | null)[], grouping: "due" | "day" | null, zone = KARACHI) =>
  sections(dates.map(due), grouping, zone, NOW, "en-GB").map(
    // Whether a comma follows the weekday is for the browser to say.
    ({ heading, items }) => [heading?.replace(",", "") ?? null, items.length] as const,
  );

describe("headings of a list", () => {
  it("tell how soon, what is overdue by its time among the overdue", () => {
    const dates = ["2026-12-27", "2026-12-29", "2026-12-28T20:29:00Z", "2026-12-30", null];
    expect(shown(dates, "due")).toEqual([
      ["Overdue", 2],
      ["Today", 1],
      ["Tomorrow", 1],
      ["No date", 1],
    ]);
  });

  it("tell the day, with its year where that is another", () => {
    const dates = ["2026-12-30", "2026-12-31", "2026-12-31T12:00:00Z", "2027-01-01"];
    expect(shown(dates, "day")).toEqual([
      ["Tomorrow", 1],
      ["Thursday 31 December", 2],
      ["Friday 1 January 2027", 1],
    ]);
  });

  it("count days where the person is", () => {
    expect(shown(["2026-12-29"], "day", "Europe/London")).toEqual([["Tomorrow", 1]]);
    expect(shown(["2026-12-30T20:00:00Z"], "day")).toEqual([["Thursday 31 December", 1]]);
  });

  it("are none where the order is another", () => {
    expect(shown(["2026-12-29", null], null)).toEqual([[null, 2]]);
  });
});
