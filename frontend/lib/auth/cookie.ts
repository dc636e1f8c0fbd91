/** First part of every cookie's name: cookies are shared by all ports of a host, names keep them apart. */
export const COOKIE_PREFIX = "todo-stack";

const SESSION_COOKIE = new RegExp(
  `(?:^|;\\s*)(?:__Secure-)?${COOKIE_PREFIX}\\.session_token=([^;]+)`,
);

/** The value of a request's session cookie, good or not; null when it has none. */
export function sessionCookie(headers: Headers): string | null {
  return SESSION_COOKIE.exec(headers.get("cookie") ?? "")?.[1] ?? null;
}
