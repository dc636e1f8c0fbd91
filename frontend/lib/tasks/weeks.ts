import { dayAfter } from "./due";
import { monthOf } from "./month";

/** A day of the week as Intl has it: 1 is Monday, 7 Sunday. */
type Weekday = number;

const DAYS_IN_WEEK = 7;

/** The same day so many months later, or that month's last where it is shorter. */
export function addMonths(day: string, count: number): string {
  const [year, month, date] = day.split("-").map(Number) as [number, number, number];
  const last = new Date(Date.UTC(year, month + count, 0));
  last.setUTCDate(Math.min(date, last.getUTCDate()));
  return last.toISOString().slice(0, 10);
}

/** The weeks of a month, each of seven days, by the day that they begin with. */
export function weeksOf(month: string, firstWeekday: Weekday): string[][] {
  const first = `${month}-01`;
  const before = (new Date(first).getUTCDay() - firstWeekday + DAYS_IN_WEEK) % DAYS_IN_WEEK;
  const weeks = [];
  for (let day = dayAfter(first, -before); monthOf(day) <= month; day = dayAfter(day, DAYS_IN_WEEK))
    weeks.push(Array.from({ length: DAYS_IN_WEEK }, (_, index) => dayAfter(day, index)));
  return weeks;
}

/** What browsers tell of a locale's weeks; older ones as a property, and some nothing. */
interface LocaleWithWeeks {
  getWeekInfo?: () => { firstDay: Weekday };
  weekInfo?: { firstDay: Weekday };
}

/** The day that weeks begin with for readers of a locale; default: the browser's. Monday where it is not known. */
export function firstWeekday(locale?: string): Weekday {
  const { locale: known } = new Intl.DateTimeFormat(locale).resolvedOptions();
  const weeks = new Intl.Locale(known) as LocaleWithWeeks;
  return (weeks.getWeekInfo?.() ?? weeks.weekInfo)?.firstDay ?? 1;
}

/** The same as date pickers count it, from 0 for Sunday. */
export const firstWeekdayOfPickers = () =>
  (firstWeekday() % DAYS_IN_WEEK) as 0 | 1 | 2 | 3 | 4 | 5 | 6;

const inWords = (options: Intl.DateTimeFormatOptions) => (day: string, locale?: string) =>
  new Intl.DateTimeFormat(locale, { ...options, timeZone: "UTC" }).format(new Date(day));

/** A day in full: "Wednesday, 2 December 2026". */
export const dayName = inWords({ dateStyle: "full" });
/** The month of a day, or a month: "December 2026". */
export const monthName = inWords({ month: "long", year: "numeric" });
/** The weekday of a day: "Wednesday", and in short "Wed". */
export const weekdayName = inWords({ weekday: "long" });
export const shortWeekdayName = inWords({ weekday: "short" });
