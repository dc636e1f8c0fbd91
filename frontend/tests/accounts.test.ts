import { getMigrations } from "better-auth/db/migration";
import { decodeJwt, decodeProtectedHeader, importJWK, jwtVerify, type JWK } from "jose";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { startDatabase, type TestDatabase } from "./database";
import * as process from "./sign-in";
import {
  call,
  cookieOf,
  MAIL,
  newAccount,
  ORIGIN,
  PASSWORD,
  SECRET,
  signUp,
  tokenOf,
} from "./sign-in";

let database: TestDatabase;

/** A frontend process on this database. */
const start = (env: Record<string, string> = {}) => process.start(database.url, env);

beforeAll(async () => {
  database = await startDatabase();
});
afterAll(() => database.close());

beforeEach(() => start());
afterEach(process.stop);

describe("the account tables", () => {
  it("are all that Better Auth expects", async () => {
    const { getAuth } = await import("@/lib/auth/server");
    const auth = getAuth(new Headers({ host: "localhost" }))!;
    const { toBeCreated, toBeAdded } = await getMigrations(auth.options);
    expect({ toBeCreated, toBeAdded }).toEqual({ toBeCreated: [], toBeAdded: [] });
  });
});

describe("tokens", () => {
  it("say who it is, for the backend alone, for a quarter of an hour", async () => {
    const { account, cookie } = await signUp();
    const { keys } = (await (await call("/jwks")).json()) as { keys: JWK[] };
    const shown = (await (await call("/token", undefined, { cookie })).json()) as { token: string };
    for (const token of [shown.token, (await tokenOf(cookie))!]) {
      expect(decodeProtectedHeader(token)).toMatchObject({ alg: "EdDSA", kid: keys[0]?.kid });
      const { payload } = await jwtVerify(token, await importJWK(keys[0]!), {
        issuer: "todo-stack",
        audience: "todo-stack-api",
      });
      expect(Object.keys(payload).sort()).toEqual([
        "aud",
        "email",
        "exp",
        "iat",
        "iss",
        "name",
        "sub",
      ]);
      expect(payload).toMatchObject({ email: account.email, name: account.name });
      expect(payload.exp! - payload.iat!).toBe(15 * 60);
    }
    expect(
      (await call("/get-session", undefined, { cookie })).headers.get("set-auth-jwt"),
    ).toBeNull();
  });

  it("are made once for a session, without asking the database each time", async () => {
    const { cookie } = await signUp();
    const first = await tokenOf(cookie);
    const { getPool } = await import("@/lib/database");
    const query = vi.spyOn(getPool(), "query");
    const connect = vi.spyOn(getPool(), "connect");
    expect(await Promise.all([tokenOf(cookie), tokenOf(cookie)])).toEqual([first, first]);
    expect(query).not.toHaveBeenCalled();
    expect(connect).not.toHaveBeenCalled();
  });

  it("end at once with signing out here, and within five seconds when the session ended elsewhere", async () => {
    const here = await signUp();
    expect(await tokenOf(here.cookie)).not.toBeNull();
    expect((await call("/sign-out", {}, { cookie: here.cookie })).status).toBe(200);
    expect(await tokenOf(here.cookie)).toBeNull();

    const elsewhere = await signUp();
    expect(await tokenOf(elsewhere.cookie)).not.toBeNull();
    await database.db.query("DELETE FROM session");
    vi.useFakeTimers({ now: Date.now() + 5_000, toFake: ["Date"] });
    expect(await tokenOf(elsewhere.cookie)).toBeNull();
  });

  const ends: [string, (mine: string, others: string[]) => Promise<Response>][] = [
    [
      "a change of password",
      (cookie) => {
        const change = { currentPassword: PASSWORD, newPassword: "another password" };
        return call("/change-password", { ...change, revokeOtherSessions: false }, { cookie });
      },
    ],
    [
      "the end of one session",
      (cookie, others) => call("/revoke-session", { token: bare(others[0]!) }, { cookie }),
    ],
    ["the end of all others", (cookie) => call("/revoke-other-sessions", {}, { cookie })],
    ["the end of all", (cookie) => call("/revoke-sessions", {}, { cookie })],
    [
      "the end of the account",
      (cookie) => call("/delete-user", { password: PASSWORD }, { cookie }),
    ],
  ];
  /** A session's name in the database: its cookie without the signature. */
  const bare = (cookie: string) => /=([^.]+)\./.exec(decodeURIComponent(cookie))![1]!;

  it.each(ends)("of another browser end at once with %s", async (_, end) => {
    const { account, cookie } = await signUp();
    const other = cookieOf(await call("/sign-in/email", account));
    const bystander = await signUp();
    expect(await tokenOf(other)).not.toBeNull();
    const kept = await tokenOf(bystander.cookie);
    expect((await end(cookie, [other])).status).toBe(200);
    expect(await tokenOf(other)).toBeNull();
    expect((await call("/token", undefined, { cookie: other })).status).toBe(401);
    expect(await tokenOf(bystander.cookie)).toBe(kept);
  });

  it("end at once for a check that was under way", async () => {
    const { account, cookie } = await signUp();
    const other = cookieOf(await call("/sign-in/email", account));
    const underWay = tokenOf(other);
    expect((await call("/revoke-other-sessions", {}, { cookie })).status).toBe(200);
    await underWay;
    expect(await tokenOf(other)).toBeNull();
  });

  it("say a new name at once", async () => {
    const { cookie } = await signUp();
    expect(decodeJwt((await tokenOf(cookie))!).name).toBe("Ada");
    expect((await call("/update-user", { name: "Grace" }, { cookie })).status).toBe(200);
    expect(decodeJwt((await tokenOf(cookie))!).name).toBe("Grace");
  });

  it("are renewed before they run out", async () => {
    const { cookie } = await signUp();
    const first = (await tokenOf(cookie))!;
    vi.useFakeTimers({ now: Date.now() + 14.5 * 60_000, toFake: ["Date"] });
    const second = (await tokenOf(cookie))!;
    expect(decodeJwt(second).exp!).toBeGreaterThan(decodeJwt(first).exp!);
  });

  it("are of the session that counts where a browser has one of http and one of https", async () => {
    const plain = await signUp();
    const https = { "x-forwarded-proto": "https", origin: "https://todo.example:30080" };
    const secure = await signUp(newAccount(), https);
    const both = `${plain.cookie}; ${secure.cookie}`;
    expect(decodeJwt((await tokenOf(both))!).email).toBe(plain.account.email);
    expect(decodeJwt((await tokenOf(both, "https"))!).email).toBe(secure.account.email);
  });

  it("are not to be had with a made-up cookie", async () => {
    expect(await tokenOf("todo-stack.session_token=made.up")).toBeNull();
    expect(await tokenOf("")).toBeNull();
    expect((await call("/token")).status).toBe(401);
  });
});

describe("origins", () => {
  it("serves any host as itself and refuses pages of others", async () => {
    const { account } = await signUp();
    expect((await call("/sign-in/email", account)).status).toBe(200);
    for (const origin of ["http://evil.example", "https://todo.example:30080", "null"]) {
      expect((await call("/sign-in/email", account, { origin })).status, origin).toBe(403);
    }
    const other = { host: "box.lan", origin: "http://box.lan" };
    expect((await call("/sign-in/email", account, other)).status).toBe(200);
    expect(
      (await call("/sign-in/email", account, { host: "a b", origin: "http://x" })).status,
    ).toBe(400);
  });

  it("knows its own pages behind a proxy that names the usual port, and refuses ports that are none", async () => {
    const { account } = await signUp();
    const https = { "x-forwarded-proto": "https", host: "todo.example:443" };
    const named = { ...https, origin: "https://todo.example" };
    expect((await call("/sign-in/email", account, named)).status).toBe(200);
    const none = { host: "todo.example:99999", origin: "http://todo.example" };
    expect((await call("/sign-in/email", account, none)).status).toBe(400);
  });

  it("marks cookies Secure over https, and only there", async () => {
    const plain = await signUp();
    expect(plain.response.headers.getSetCookie()[0]).toMatch(
      /^todo-stack\.session_token=.*HttpOnly/,
    );
    expect(plain.response.headers.getSetCookie()[0]).not.toMatch(/Secure/);
    const headers = { "x-forwarded-proto": "https", origin: "https://todo.example:30080" };
    const secure = await signUp(newAccount(), headers);
    expect(secure.response.headers.getSetCookie()[0]).toMatch(
      /^__Host-todo-stack\..*Path=\/;.*Secure/,
    );
  });

  it("keeps to PUBLIC_URL, and to the origins trusted beside it, where they are set", async () => {
    start({ PUBLIC_URL: "https://todo.example", TRUSTED_ORIGINS: "https://partner.example" });
    const status = async (origin: string) =>
      (await call("/sign-up/email", newAccount(), { origin })).status;
    expect(await status("https://todo.example")).toBe(200);
    expect(await status("https://partner.example")).toBe(200);
    expect(await status(ORIGIN)).toBe(403);
  });
});

describe("sign-up", () => {
  it.each([
    ["/sign-up/email", { invitation: "a\0" }],
    ["/sign-up/email", { image: "a\0" }],
    ["/reset-password", { newPassword: "a password of my own", token: "a\0" }],
  ])("and the like refuse what cannot be kept, as what it is: %s %#", async (path, fields) => {
    const refused = await call(path, { ...newAccount(), ...fields });
    expect(refused.status).toBe(400);
    expect(await refused.text()).toMatch(/FIELD_(UNREADABLE|TOO_LONG)/);
  });

  it("and the like refuse what is nested without an end", async () => {
    const deep = "[".repeat(50_000) + "]".repeat(50_000);
    const refused = await call("/sign-in/email", `{"email":${deep},"password":"x"}`);
    expect([refused.status, await refused.text()]).toEqual([
      400,
      expect.stringContaining("TOO_LONG"),
    ]);
  });

  it("is said to be open or closed, as is whether mails are sent", async () => {
    const shown = async () => {
      const { GET } = await import("@/app/ui-config/route");
      return (await GET(new Request(ORIGIN)).json()) as { signUp: string; mail: boolean };
    };
    expect(await shown()).toMatchObject({ signUp: "open", mail: false });
    start({ SIGN_UP: "closed", ...MAIL });
    expect(await shown()).toMatchObject({ signUp: "closed", mail: true });
  });

  it("is refused where it is closed, the same whether there is an account or not; signing in goes on", async () => {
    const { account } = await signUp();
    start({ SIGN_UP: "closed" });
    const answers = [
      await call("/sign-up/email", account),
      await call("/sign-up/email", newAccount()),
    ];
    expect(answers.map(({ status }) => status)).toEqual([403, 403]);
    const [taken, free] = await Promise.all(answers.map((answer) => answer.text()));
    expect(taken).toBe(free);
    expect(taken).toContain("not made here");
    expect((await call("/sign-in/email", account)).status).toBe(200);
  });
});

describe("guessing passwords", () => {
  const wrong = (email: string) => call("/sign-in/email", { email, password: "wrong password" });

  it("is stopped per account, for a while, for everybody", async () => {
    const { account } = await signUp();
    const bystander = (await signUp()).account;
    for (let tries = 0; tries < 10; tries++) expect((await wrong(account.email)).status).toBe(401);
    const refused = await wrong(account.email.toUpperCase());
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(60);
    start(); // another pod
    expect((await call("/sign-in/email", account)).status).toBe(429);
    expect((await call("/sign-in/email", bystander)).status).toBe(200);
    const { rows } = await database.db.query(`SELECT key FROM "rateLimit"`);
    expect(JSON.stringify(rows)).not.toContain("@");
    vi.useFakeTimers({ now: Date.now() + 16 * 60_000, toFake: ["Date"] });
    expect((await call("/sign-in/email", account)).status).toBe(200);
  });

  it("forgets mistakes after the right password", async () => {
    const { account } = await signUp();
    for (let round = 0; round < 2; round++) {
      for (let tries = 0; tries < 9; tries++) await wrong(account.email);
      expect((await call("/sign-in/email", account)).status).toBe(200);
    }
  });
});

describe("changing a password", () => {
  it("leaves this browser signed in, by another session", async () => {
    const { account, cookie } = await signUp();
    const change = { currentPassword: PASSWORD, newPassword: "another password" };
    const changed = await call("/change-password", change, { cookie });
    expect(await tokenOf(cookie)).toBeNull();
    expect(await tokenOf(cookieOf(changed))).not.toBeNull();
    expect((await call("/sign-in/email", account)).status).toBe(401);
    const now = { ...account, password: "another password" };
    expect((await call("/sign-in/email", now)).status).toBe(200);
  });

  it("does not let an open session guess it", async () => {
    const { cookie } = await signUp();
    const change = (currentPassword: string) =>
      call("/change-password", { currentPassword, newPassword: "another password" }, { cookie });
    for (let tries = 0; tries < 10; tries++)
      expect((await change("wrong password")).status).toBe(400);
    expect((await change(PASSWORD)).status).toBe(429);
  });
});

describe("deleting an account", () => {
  const remove = (cookie: string, body: object) => call("/delete-user", body, { cookie });

  it("needs its password, however fresh the session is", async () => {
    const { cookie } = await signUp();
    expect((await remove(cookie, {})).status).toBe(400);
    expect((await remove(cookie, { password: "" })).status).toBe(400);
    expect((await remove(cookie, { password: "wrong password" })).status).toBe(400);
    expect((await call("/delete-user", { password: PASSWORD })).status).toBe(401);
    expect(await tokenOf(cookie)).not.toBeNull();
  });

  it("leaves nothing of it, and ends its session at once", async () => {
    const { account, response, cookie } = await signUp();
    const { user } = (await response.json()) as { user: { id: string } };
    const other = await signUp();
    expect(await tokenOf(cookie)).not.toBeNull();
    expect((await remove(cookie, { password: PASSWORD })).status).toBe(200);
    expect(await tokenOf(cookie)).toBeNull();
    expect((await call("/sign-in/email", account)).status).toBe(401);
    const { rows } = await database.db.query(
      `SELECT id FROM "user" WHERE id = $1 UNION ALL
       SELECT id FROM session WHERE "userId" = $1 UNION ALL SELECT id FROM account WHERE "userId" = $1`,
      [user.id],
    );
    expect(rows).toEqual([]);
    expect(await tokenOf(other.cookie)).not.toBeNull();
    expect((await call("/sign-up/email", account)).status).toBe(200);
  });

  it("does not let an open session guess the password", async () => {
    const { account, cookie } = await signUp();
    for (let tries = 0; tries < 10; tries++) await remove(cookie, { password: "wrong password" });
    expect((await remove(cookie, { password: PASSWORD })).status).toBe(429);
    expect((await call("/sign-in/email", account)).status).toBe(429);
  });
});

describe("a new secret", () => {
  it("ends sessions but keeps accounts and signing keys", async () => {
    const { account, cookie } = await signUp();
    const kid = decodeProtectedHeader((await tokenOf(cookie))!).kid;
    start({ BETTER_AUTH_SECRETS: `2:${"n".repeat(40)},1:${SECRET}` });
    expect(await tokenOf(cookie)).toBeNull();
    const again = await call("/sign-in/email", account);
    expect(again.status).toBe(200);
    expect(decodeProtectedHeader((await tokenOf(cookieOf(again)))!).kid).toBe(kid);
  });
});
