import { dayAfter } from "./due";

/** A span of days, YYYY-MM-DD, with both ends. */
export interface Days {
  from: string;
  to: string;
}

/** Whether a text is a month, YYYY-MM, of years that calendars show. */
export const isMonth = (text: string): boolean => /^[12]\d{3}-(0[1-9]|1[0-2])$/.test(text);

/** The month, YYYY-MM, of a YYYY-MM-DD. */
export const monthOf = (day: string): string => day.slice(0, 7);

/** More than the days of a month and of the weeks that it begins and ends in, whatever day those begin with. */
export function daysAround(month: string): Days {
  const first = `${month}-01`;
  return { from: dayAfter(first, -6), to: dayAfter(first, 36) };
}

/** A day in a few words: "2 December". */
export const dateName = (day: string, locale?: string): string =>
  new Intl.DateTimeFormat(locale, { day: "numeric", month: "long", timeZone: "UTC" }).format(
    new Date(day),
  );
