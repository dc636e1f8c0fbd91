import { authClient } from "./auth/client";
import { knownSession } from "./auth/known-session";
import { browserTimeZone } from "./browser-time-zone";

/** The time zone of a person's days: their account's once it is known and has one, else the browser's. */
export function timeZone(): string {
  return knownSession()?.user.timeZone ?? browserTimeZone();
}

/** The same for a component, which is made anew with it. */
export function useTimeZone(): string {
  const { data } = authClient.useSession();
  return data?.user.timeZone ?? browserTimeZone();
}

/** Every zone that this browser knows, and those given. */
export function knownTimeZones(...given: string[]): string[] {
  return [...new Set(["UTC", ...given, ...Intl.supportedValuesOf("timeZone")])].sort();
}
