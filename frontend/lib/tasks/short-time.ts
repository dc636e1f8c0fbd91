/** A time in as few letters as tell it, where there is little room: "5p" for "5:00 PM", "17:00" where hours go on to 24. */
export function shortTime(moment: Date, timeZone: string, locale?: string): string {
  const clock = new Intl.DateTimeFormat(locale, { timeZone, timeStyle: "short" });
  const parts = Object.fromEntries(
    clock.formatToParts(moment).map(({ type, value }) => [type, value]),
  );
  const half = /^[ap]/i.exec(parts.dayPeriod ?? "")?.[0].toLowerCase();
  if (!half) return clock.format(moment);
  return `${parts.hour}${parts.minute === "00" ? "" : `:${parts.minute}`}${half}`;
}
