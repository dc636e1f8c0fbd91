import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { dayAfter } from "@/lib/tasks/due";
import { daysAround, isMonth, monthOf } from "@/lib/tasks/month";
import { addMonths, firstWeekday, weekdayName, weeksOf } from "@/lib/tasks/weeks";

const anyMonth = fc
  .record({ year: fc.integer({ min: 1000, max: 2999 }), month: fc.integer({ min: 1, max: 12 }) })
  .map(({ year, month }) => `${year}-${String(month).padStart(2, "0")}`);
const anyWeekday = fc.integer({ min: 1, max: 7 });

describe("the weeks of a month", () => {
  it("have every day of it once, in order, and no week without one", () => {
    fc.assert(
      fc.property(anyMonth, anyWeekday, (month, weekday) => {
        const weeks = weeksOf(month, weekday);
        const days = weeks.flat();
        const [year, number] = month.split("-").map(Number) as [number, number];
        const length = new Date(Date.UTC(year, number, 0)).getUTCDate();
        expect(days.filter((day) => monthOf(day) === month)).toHaveLength(length);
        expect(days).toEqual(days.map((_, index) => dayAfter(days[0]!, index)));
        for (const week of weeks) {
          expect(week).toHaveLength(7);
          expect(week.some((day) => monthOf(day) === month)).toBe(true);
          expect(new Date(week[0]!).getUTCDay() || 7).toBe(weekday);
        }
      }),
    );
  });

  it("are within the days that are asked for, whatever day they begin with", () => {
    fc.assert(
      fc.property(anyMonth, anyWeekday, (month, weekday) => {
        const { from, to } = daysAround(month);
        const days = weeksOf(month, weekday).flat();
        expect(days[0]! >= from && days.at(-1)! <= to).toBe(true);
      }),
    );
  });

  it.each([
    ["en-GB", 1, "2026-11-30", "2027-01-03"],
    ["de", 1, "2026-11-30", "2027-01-03"],
    ["en-US", 7, "2026-11-29", "2027-01-02"],
    ["pt-BR", 7, "2026-11-29", "2027-01-02"],
    ["ar-EG", 6, "2026-11-28", "2027-01-01"],
  ])("begin in %s with day %i: December 2026 from %s to %s", (locale, weekday, from, to) => {
    expect(firstWeekday(locale)).toBe(weekday);
    const days = weeksOf("2026-12", weekday).flat();
    expect([days[0], days.at(-1)]).toEqual([from, to]);
  });

  it("are four where the month is", () => {
    expect(weeksOf("2027-02", 1)).toHaveLength(4);
    expect(weeksOf("2026-08", 1)).toHaveLength(6);
  });
});

describe("a day", () => {
  it.each([
    ["2026-12-31", 1, "2027-01-31"],
    ["2027-01-31", 1, "2027-02-28"],
    ["2028-01-31", 1, "2028-02-29"],
    ["2027-01-15", -1, "2026-12-15"],
    ["2027-03-31", -1, "2027-02-28"],
  ])("%s is %i month later %s", (day, count, other) => {
    expect(addMonths(day, count)).toBe(other);
  });

  it("has its name in the reader's language, wherever they are", () => {
    expect(weekdayName("2026-12-02", "de")).toBe("Mittwoch");
  });
});

describe("a month in an address", () => {
  it.each([
    ["2026-12", true],
    ["2026-13", false],
    ["2026-00", false],
    ["2026-1", false],
    ["0000-01", false],
    ["2026-12-01", false],
    ["", false],
  ])("%s: %s", (text, isOne) => {
    expect(isMonth(text)).toBe(isOne);
  });
});
