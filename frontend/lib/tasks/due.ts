import type { Task } from "../api/types";

/** When a task falls due, in words, for a person who is in a time zone at a moment. */
export interface DueLabel {
  text: string;
  /** Past is that of a task which is done. */
  tone: "overdue" | "today" | "soon" | "later" | "past";
}

export const DUE_GROUPS = [
  "Overdue",
  "Today",
  "Tomorrow",
  "Next 7 days",
  "Later",
  "No date",
] as const;
export type DueGroup = (typeof DUE_GROUPS)[number];

const DAY_MS = 86_400_000;

type Due = Pick<Task, "due_date" | "due_time" | "due_at" | "completed">;

const formats = new Map<string, Intl.DateTimeFormat>();

/** How dates are written; to make one takes a hundred times as long as to use it. */
function formatOf(
  locale: string | undefined,
  options: Intl.DateTimeFormatOptions,
): Intl.DateTimeFormat {
  const key = JSON.stringify([locale, options]);
  const format = formats.get(key) ?? new Intl.DateTimeFormat(locale, options);
  formats.set(key, format);
  return format;
}

/** The calendar day of a moment in a time zone, as YYYY-MM-DD. */
export function dayIn(timeZone: string, moment: Date): string {
  // Canada's English writes dates the ISO way.
  return formatOf("en-CA", { timeZone, dateStyle: "short" }).format(moment);
}

/** The day after a YYYY-MM-DD, or so many days after it. */
export function dayAfter(day: string, days = 1): string {
  return new Date(Date.parse(day) + days * DAY_MS).toISOString().slice(0, 10);
}

/** The first Monday after a YYYY-MM-DD: next week, as the server reads it. */
export function nextMonday(day: string): string {
  return dayAfter(day, 7 - ((new Date(day).getUTCDay() + 6) % 7));
}

/** Whole days from one YYYY-MM-DD to another. */
function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / DAY_MS);
}

/**
 * The day on which a task is due where the person is. A date without a time is a date anywhere;
 * a date with a time is a moment, and may fall on another day here.
 */
export function dueDay(task: Due, timeZone: string): string | null {
  if (task.due_time && task.due_at) return dayIn(timeZone, new Date(task.due_at));
  return task.due_date;
}

/** When a task is due by the clocks of a time zone: what a person there sees in a form. */
export function dueFields(
  task: Due,
  timeZone: string,
): { due_date: string | null; due_time: string | null } {
  const { due_date, due_time, due_at } = task;
  if (!due_time || !due_at) return { due_date, due_time };
  const moment = new Date(due_at);
  const clock = formatOf("en-GB", { timeZone, timeStyle: "short" });
  return { due_date: dayIn(timeZone, moment), due_time: clock.format(moment) };
}

/** What makes a task due on another day, by the clocks of a time zone, at the time that it has; null: on none. */
export function dueOn(
  day: string | null,
  task: Due,
  timeZone: string,
): Pick<Task, "due_date" | "due_time" | "time_zone"> {
  const due_time = day && dueFields(task, timeZone).due_time;
  return { due_date: day, due_time, time_zone: timeZone };
}

function isPast(task: Due, daysAhead: number, now: Date): boolean {
  if (task.due_time && task.due_at) return new Date(task.due_at) < now;
  return daysAhead < 0;
}

/** The heading under which a list ordered by due date shows a task. */
export function dueGroup(task: Due, timeZone: string, now: Date): DueGroup {
  const day = dueDay(task, timeZone);
  if (!day) return "No date";
  const days = daysBetween(dayIn(timeZone, now), day);
  if (isPast(task, days, now)) return "Overdue";
  if (days <= 0) return "Today";
  if (days === 1) return "Tomorrow";
  return days <= 7 ? "Next 7 days" : "Later";
}

/** What a day is called as a heading: "Tomorrow", "Wednesday, 2 December", with its year where that is another. */
export function dayHeading(day: string, today: string, locale?: string): string {
  if (day === dayAfter(today)) return "Tomorrow";
  return formatOf(locale, {
    weekday: "long",
    day: "numeric",
    month: "long",
    year: day.slice(0, 4) === today.slice(0, 4) ? undefined : "numeric",
    timeZone: "UTC",
  }).format(new Date(day));
}

/** The time at which a task is due, such as "17:00"; null where any of its day is. */
export function dueTime(task: Due, timeZone: string, locale?: string): string | null {
  if (!task.due_time || !task.due_at) return null;
  const clock = formatOf(locale, { timeZone, timeStyle: "short" });
  return clock.format(new Date(task.due_at));
}

/** The words for a task's due date, such as "Tomorrow, 17:00"; null when it has none. */
export function dueLabel(task: Due, timeZone: string, now: Date, locale?: string): DueLabel | null {
  const day = dueDay(task, timeZone);
  if (!day) return null;
  const today = dayIn(timeZone, now);
  const days = daysBetween(today, day);
  const text = [dayText(day, days, today, locale), dueTime(task, timeZone, locale)]
    .filter(Boolean)
    .join(", ");
  if (task.completed) return { text, tone: "past" };
  if (isPast(task, days, now)) return { text, tone: "overdue" };
  if (days === 0) return { text, tone: "today" };
  return { text, tone: days > 0 && days <= 7 ? "soon" : "later" };
}

function dayText(day: string, days: number, today: string, locale?: string): string {
  if (days === -1) return "Yesterday";
  if (days === 0) return "Today";
  if (days === 1) return "Tomorrow";
  const format: Intl.DateTimeFormatOptions =
    days > 1 && days < 7
      ? { weekday: "long" }
      : {
          day: "numeric",
          month: "short",
          year: day.slice(0, 4) === today.slice(0, 4) ? undefined : "numeric",
        };
  return formatOf(locale, { ...format, timeZone: "UTC" }).format(new Date(day));
}
