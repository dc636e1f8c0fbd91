import { authClient } from "./auth/client";
import { browserTimeZone } from "./browser-time-zone";

type Session = typeof authClient.$Infer.Session;

/** The time zone of a person's days: their account's once it is known and has one, else the browser's. */
export function timeZone(): string {
  // Not by `get`, which would ask the server where nobody has.
  const known = authClient.$store.atoms.session?.value as { data: Session | null } | undefined;
  return known?.data?.user.timeZone ?? browserTimeZone();
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
