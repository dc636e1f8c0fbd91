import type { HeaderLookup } from "./headers";

/** The ids that the backend takes, too: one request has one id in both logs. */
const REQUEST_ID = /^[A-Za-z0-9._:-]{1,128}$/;

/** The id that the caller gave the request, or a new one. */
export function requestIdOf(headers: HeaderLookup): string {
  const given = headers.get("x-request-id");
  return given && REQUEST_ID.test(given) ? given : crypto.randomUUID();
}
