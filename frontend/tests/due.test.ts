import { describe, expect, it } from "vitest";
import { dayAfter, dueFields, dueGroup, dueLabel, dueOn, nextMonday } from "@/lib/tasks/due";

const KARACHI = "Asia/Karachi";
/** Monday evening in London, Tuesday morning in Karachi. */
const NOW = new Date("2026-11-23T20:30:00Z");

const on = (date: string | null) => ({
  due_date: date,
  due_time: null,
  due_at: null,
  completed: false,
});
const at = (moment: string) => ({
  due_date: moment.slice(0, 10),
  due_time: moment.slice(11, 16),
  due_at: moment,
  completed: false,
});
const label = (task: Parameters<typeof dueLabel>[0], zone = KARACHI) =>
  dueLabel(task, zone, NOW, "en-GB");

describe("due dates in words", () => {
  it.each([
    ["2026-11-23", "Yesterday", "overdue", "Overdue"],
    ["2026-11-24", "Today", "today", "Today"],
    ["2026-11-25", "Tomorrow", "soon", "Tomorrow"],
    ["2026-11-27", "Friday", "soon", "Next 7 days"],
    ["2026-12-01", "1 Dec", "soon", "Next 7 days"],
    ["2026-12-02", "2 Dec", "later", "Later"],
    ["2027-01-02", "2 Jan 2027", "later", "Later"],
    ["2026-10-01", "1 Oct", "overdue", "Overdue"],
  ])("%s is %s in Karachi", (date, text, tone, group) => {
    expect(label(on(date))).toEqual({ text, tone });
    expect(dueGroup(on(date), KARACHI, NOW)).toBe(group);
  });

  it("counts days where the person is", () => {
    expect(label(on("2026-11-24"), "Europe/London")?.text).toBe("Tomorrow");
    expect(label(on("2026-11-23"), "Europe/London")?.tone).toBe("today");
  });

  it("shows a moment in the person's own time", () => {
    const task = at("2026-11-24T03:00:00Z");
    expect(label(task)).toEqual({ text: "Today, 08:00", tone: "today" });
    expect(label(task, "America/New_York")).toEqual({ text: "Today, 22:00", tone: "today" });
  });

  it.each(["2026-11-20", "2026-11-24", "2026-11-27"])(
    "of a task that is done, %s is past",
    (day) => {
      expect(label({ ...on(day), completed: true })?.tone).toBe("past");
    },
  );

  it("is overdue from the minute, and not once it is done", () => {
    const task = at("2026-11-23T20:29:00Z");
    expect(label(task)?.tone).toBe("overdue");
    expect(dueGroup(task, KARACHI, NOW)).toBe("Overdue");
    expect(label({ ...task, completed: true })?.tone).toBe("past");
  });

  it("begins a form with the day and time that the list shows", () => {
    const task = at("2026-11-24T22:05:00Z");
    expect(dueFields(task, KARACHI)).toEqual({ due_date: "2026-11-25", due_time: "03:05" });
    expect(dueFields(at("2026-11-24T19:00:00Z"), KARACHI).due_time).toBe("00:00");
    expect(dueFields(on("2026-11-24"), "America/New_York")).toEqual({
      due_date: "2026-11-24",
      due_time: null,
    });
  });

  it("has nothing to say without a date", () => {
    expect(label(on(null))).toBeNull();
    expect(dueGroup(on(null), KARACHI, NOW)).toBe("No date");
  });
});

describe("another day for a task", () => {
  it.each([
    ["2026-11-29", "2026-11-30"], // a Sunday
    ["2026-11-30", "2026-12-07"], // a Monday
    ["2026-12-01", "2026-12-07"],
    ["2026-12-31", "2027-01-04"],
    ["2028-02-26", "2028-02-28"], // a Saturday
    ["2028-02-28", "2028-03-06"],
  ])("after %s, next week begins on %s", (day, monday) => {
    expect(nextMonday(day)).toBe(monday);
  });

  it("counts days over the ends of months and years", () => {
    expect(dayAfter("2027-12-31")).toBe("2028-01-01");
    expect(dayAfter("2028-02-28", 2)).toBe("2028-03-01");
  });

  it("keeps the time of day, as the person's clock shows it", () => {
    const task = at("2026-11-24T22:05:00Z");
    expect(dueOn("2026-12-07", task, KARACHI)).toEqual({
      due_date: "2026-12-07",
      due_time: "03:05",
      time_zone: KARACHI,
    });
    expect(dueOn("2026-12-07", on(null), KARACHI).due_time).toBeNull();
  });

  it("takes the time away with the date", () => {
    expect(dueOn(null, at("2026-11-24T22:05:00Z"), KARACHI)).toMatchObject({
      due_date: null,
      due_time: null,
    });
  });
});
