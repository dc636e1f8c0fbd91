import { expect, vi } from "vitest";

export const SECRET = "a-secret-of-more-than-thirty-two-characters";
export const PASSWORD = "a long enough password";
/** An address at which nobody answers. */
export const NO_DATABASE = "postgresql://nobody@127.0.0.1:1/none";
export const ORIGIN = "http://todo.example:30080";
/** Settings with which mails are sent, to a server that nobody runs. */
export const MAIL = {
  SMTP_URL: "smtp://127.0.0.1:1",
  MAIL_FROM: "Todo Stack <todo@example.org>",
  PUBLIC_URL: ORIGIN,
};

let made = 0;

/** A frontend process with these settings: modules keep what a process keeps. */
export function start(databaseUrl: string, env: Record<string, string> = {}): void {
  const settings = {
    DATABASE_URL: databaseUrl,
    BETTER_AUTH_SECRET: SECRET,
    BACKEND_URL: "http://127.0.0.1:1",
    ...env,
  };
  for (const [name, value] of Object.entries(settings)) vi.stubEnv(name, value);
  vi.resetModules();
  Reflect.deleteProperty(globalThis, "todoStackSessions");
}

/** Ends what a process holds. */
export async function stop(): Promise<void> {
  const { getPool } = await import("@/lib/database");
  await getPool().end();
  vi.unstubAllEnvs();
  vi.useRealTimers();
}

/** Calls /api/auth as a browser on that origin would. */
export async function call(
  path: string,
  body?: object | string,
  headers: Record<string, string> = {},
): Promise<Response> {
  const { accounts } = await import("@/gateway/accounts");
  const origin = headers.origin ?? ORIGIN;
  const request = new Request(`http://0.0.0.0:3000/api/auth${path}`, {
    method: body ? "POST" : "GET",
    body: typeof body === "object" ? JSON.stringify(body) : body,
    headers: { host: new URL(ORIGIN).host, origin, "content-type": "application/json", ...headers },
  });
  return accounts(request);
}

/** All that an answer says but its own id: status, body, headers with the cookies. */
export async function said(answer: Response): Promise<[number, string, [string, string][]]> {
  const id = answer.headers.get("x-request-id") ?? "";
  const headers = [...answer.headers].filter(([name]) => name !== "x-request-id");
  return [answer.status, (await answer.text()).replace(id, "ID"), headers];
}

export const newAccount = () => ({
  name: "Ada",
  email: `ada-${made++}@example.org`,
  password: PASSWORD,
});

export const cookieOf = (response: Response) =>
  response.headers.getSetCookie()[0]?.split(";")[0] ?? "";

export async function signUp(account = newAccount(), headers: Record<string, string> = {}) {
  const response = await call("/sign-up/email", account, headers);
  expect(response.status).toBe(200);
  return { account, response, cookie: cookieOf(response) };
}

export async function tokenOf(cookie: string, proto = "http"): Promise<string | null> {
  const { tokenForSession } = await import("@/lib/auth/session-token");
  const headers = { host: new URL(ORIGIN).host, "x-forwarded-proto": proto, cookie };
  return tokenForSession(new Headers(headers));
}
