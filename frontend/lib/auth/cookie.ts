import type { HeaderLookup } from "../headers";
import { isHttps } from "../origin";

/** First part of every cookie's name: cookies are shared by all ports of a host, names keep them apart. */
export const COOKIE_PREFIX = "todo-stack";

const named = (prefix: string) =>
  new RegExp(`(?:^|;\\s*)${prefix}${COOKIE_PREFIX}\\.session_token=([^;]+)`);
const PLAIN = named("");
const SECURE = named("__Secure-");

/**
 * The value of a request's session cookie, good or not; null when it has none. A browser may have one of http and
 * one of https, of two people: it is the one that Better Auth reads.
 */
export function sessionCookie(headers: HeaderLookup): string | null {
  const cookie = isHttps(headers) ? SECURE : PLAIN;
  return cookie.exec(headers.get("cookie") ?? "")?.[1] ?? null;
}
