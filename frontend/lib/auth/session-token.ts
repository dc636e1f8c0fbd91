import { sessionCookie } from "./cookie";
import { getAuth, TOKEN_LIFETIME_SECONDS } from "./server";

/**
 * How long a checked session is trusted without asking the database again: a session ended on
 * another pod (or by deleting its row) stops working here within this time.
 */
const RECHECK_MS = 30_000;
/** A token is replaced before it can run out on the way to the backend. */
const TOKEN_MARGIN_MS = 60_000;
const MAX_ENTRIES = 10_000;

interface Entry {
  token: string;
  userId: string;
  checkedAt: number;
  expiresAt: number;
}

/** By session cookie, which is signed and cannot be guessed. Least recently checked first. */
const entries = new Map<string, Promise<Entry | null>>();

/**
 * The short-lived token that stands for a request's session at the backend.
 *
 * Checked and signed once, then remembered in this process: a proxied request normally costs
 * no query and no signature. One check at a time runs for a session, the others wait for it.
 * @returns null when there is no live session.
 * @throws when the account database does not answer.
 */
export async function tokenForSession(headers: Headers): Promise<string | null> {
  const cookie = sessionCookie(headers);
  if (!cookie) return null;
  const known = entries.get(cookie);
  const entry = await known?.catch(() => null);
  if (entry && Date.now() - entry.checkedAt < RECHECK_MS) return entry.token;
  // Another request may have started the check while this one waited.
  const current = entries.get(cookie);
  const check = current && current !== known ? current : startCheck(cookie, headers, entry ?? null);
  return (await check)?.token ?? null;
}

/** Forgets a request's session in this process, so that signing out works at once. */
export function forgetSession(headers: Headers): void {
  const cookie = sessionCookie(headers);
  if (cookie) entries.delete(cookie);
}

function startCheck(
  cookie: string,
  headers: Headers,
  previous: Entry | null,
): Promise<Entry | null> {
  const check = checkSession(headers, previous);
  entries.delete(cookie);
  entries.set(cookie, check);
  if (entries.size > MAX_ENTRIES) entries.delete(entries.keys().next().value ?? "");
  const forget = () => {
    if (entries.get(cookie) === check) entries.delete(cookie);
  };
  // Only live sessions are remembered: a refused or failed check is repeated by the next request.
  check.then((entry) => entry ?? forget(), forget);
  return check;
}

async function checkSession(headers: Headers, previous: Entry | null): Promise<Entry | null> {
  const auth = getAuth(headers);
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
