import type { HeaderLookup } from "../headers";
import { isHttps } from "../origin";

/** First part of every cookie's name: cookies are shared by all ports of a host, names keep them apart. */
const COOKIE_PREFIX = "todo-stack";

/** By which browsers take a cookie over https alone, of this host alone, and for all of it. */
const HOST_ALONE = "__Host-";
/** The same without the last: for a cookie that not all of the site gets. */
const HTTPS_ALONE = "__Secure-";

/**
 * How Better Auth names its cookies, and when browsers send them. Its own prefix for https would let every host of the
 * same domain set a session here, in which somebody then works unknowingly.
 */
export function cookieOptions(origin: string) {
  const secure = origin.startsWith("https:");
  return {
    cookiePrefix: secure ? HOST_ALONE + COOKIE_PREFIX : COOKIE_PREFIX,
    useSecureCookies: false,
    defaultCookieAttributes: { secure },
  };
}

/** The name of a cookie that is for one path. */
export const nameForPath = (name: string) => name.replace(HOST_ALONE, HTTPS_ALONE);

const named = (prefix: string) =>
  new RegExp(`(?:^|;\\s*)${prefix}${COOKIE_PREFIX}\\.session_token=([^;]+)`);
const PLAIN = named("");
const SECURE = named(HOST_ALONE);

/**
 * The value of a request's session cookie, good or not; null when it has none. A browser may have one of http and
 * one of https, of two people: it is the one that Better Auth reads.
 */
export function sessionCookie(headers: HeaderLookup): string | null {
  const cookie = isHttps(headers) ? SECURE : PLAIN;
  return cookie.exec(headers.get("cookie") ?? "")?.[1] ?? null;
}
