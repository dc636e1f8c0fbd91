import type { HeaderLookup } from "../headers";
import { sessionCookie } from "./cookie";
import { getAuth, TOKEN_LIFETIME_SECONDS } from "./server";
import { lastCheck, remember, type KnownSession } from "./session-memory";

/**
 * How long a checked session is trusted without asking the database again: a session that another pod ended, or
 * somebody who deleted its row, stops working here within this time.
 */
const RECHECK_MS = 5_000;
/** A token is replaced before it can run out on the way to the backend. */
const TOKEN_MARGIN_MS = 60_000;

/**
 * The short-lived token that stands for a request's session at the backend.
 *
 * Checked and signed once, then remembered in this process: a proxied request normally costs
 * no query and no signature. One check at a time runs for a session, the others wait for it.
 * @returns null when there is no live session.
 * @throws when the account database does not answer.
 */
export async function tokenForSession(headers: HeaderLookup): Promise<string | null> {
  const cookie = sessionCookie(headers);
  if (!cookie) return null;
  const known = lastCheck(cookie);
  const session = await known?.catch(() => null);
  // Another request may have started the check while this one waited, or the session may have ended.
  const current = lastCheck(cookie);
  const isFresh = session && Date.now() - session.checkedAt < RECHECK_MS;
  if (isFresh && current === known) return session.token;
  if (current && current !== known) return (await current)?.token ?? null;
  const check = checkSession(headers, session ?? null);
  remember(cookie, check);
  return (await check)?.token ?? null;
}

async function checkSession(
  given: HeaderLookup,
  previous: KnownSession | null,
): Promise<KnownSession | null> {
  const headers = new Headers({ cookie: given.get("cookie") ?? "" });
  const auth = getAuth(given);
  if (!auth) return null;
  const now = Date.now();
  // The browser's own session calls extend the session and its cookie; a proxied one must not,
  // because its answer carries no cookie.
  const session = await auth.api.getSession({ headers, query: { disableRefresh: true } });
  if (!session) return null;
  const { id, email, name } = session.user;
  if (previous && previous.userId === id && now < previous.expiresAt - TOKEN_MARGIN_MS) {
    return { ...previous, checkedAt: now };
  }
  const payload = { sub: id, email, name, iat: Math.floor(now / 1000) };
  const { token } = await auth.api.signJWT({ body: { payload } });
  return { token, userId: id, checkedAt: now, expiresAt: now + TOKEN_LIFETIME_SECONDS * 1000 };
}
