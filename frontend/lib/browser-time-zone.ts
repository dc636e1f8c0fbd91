/** The browser's IANA time zone, such as Asia/Karachi. */
export function browserTimeZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}
