/** What was found out of a live session: its token, and when it was looked at. */
export interface KnownSession {
  token: string;
  userId: string;
  checkedAt: number;
  expiresAt: number;
}

type Check = Promise<KnownSession | null>;

const MAX_SESSIONS = 10_000;

/** One memory in a process, however many bundles have this module: what ends a session in one must reach the others. */
const shared = globalThis as { todoStackSessions?: Map<string, Check> };

/** By session cookie, which is signed and cannot be guessed. Least recently checked first. */
const checks = (shared.todoStackSessions ??= new Map<string, Check>());

/** The last check of a session, done or running. */
export function lastCheck(cookie: string): Check | undefined {
  return checks.get(cookie);
}

/** Remembers a check. Only live sessions stay: a refused or failed check is repeated by the next request. */
export function remember(cookie: string, check: Check): void {
  checks.delete(cookie);
  checks.set(cookie, check);
  if (checks.size > MAX_SESSIONS) checks.delete(checks.keys().next().value ?? "");
  const forget = () => forgetCheck(cookie, check);
  check.then((session) => session ?? forget(), forget);
}

/** Forgets a person's sessions in this process, those too whose check is still running. */
export function forgetSessionsOf(userId: string): void {
  for (const [cookie, check] of checks) {
    const forget = () => forgetCheck(cookie, check);
    check.then((session) => session?.userId === userId && forget(), forget);
  }
}

function forgetCheck(cookie: string, check: Check): void {
  if (checks.get(cookie) === check) checks.delete(cookie);
}
