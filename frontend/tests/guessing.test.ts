import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { startDatabase, type TestDatabase } from "./database";
import { call, cookieOf, newAccount, PASSWORD, signUp, start, stop } from "./sign-in";

let database: TestDatabase;

beforeAll(async () => {
  database = await startDatabase();
});
afterAll(() => database.close());
beforeEach(() => start(database.url));
afterEach(stop);

/** All cookies that an answer sets, as its browser sends them. */
const cookiesOf = (response: Response) =>
  response.headers
    .getSetCookie()
    .map((cookie) => cookie.split(";")[0])
    .join("; ");

const signIn = (email: string, password: string, cookie = "") =>
  call("/sign-in/email", { email, password }, cookie ? { cookie } : {});

async function statuses(count: number, ask: () => Promise<Response>): Promise<number[]> {
  const found: number[] = [];
  for (let tries = 0; tries < count; tries++) found.push((await ask()).status);
  return found;
}

describe("guessing", { timeout: 600_000 }, () => {
  // 1,000 through sign-in, the other 9,000 through what it asks before it hashes, at a tenth of the CPU.
  it("of ten thousand from outside keeps nobody out who has signed in on that browser before", async () => {
    const { accountKey } = await import("@/lib/auth/device-cookie");
    const { account, response } = await signUp();
    const browser = cookiesOf(response);
    const { email } = account;
    const found: Record<number, number> = {};
    for (let hundred = 0; hundred < 10; hundred++) {
      start(database.url); // each on another pod
      const guess = (count: number) => statuses(count, () => signIn(email, "wrong password"));
      const guesses = await Promise.all(Array.from({ length: 10 }, () => guess(10)));
      for (const status of guesses.flat()) found[status] = (found[status] ?? 0) + 1;
      const { countTry } = await import("@/lib/auth/tries");
      // A few at once: who waits long for one of the few connections gives up.
      const tries = async () => {
        for (let one = 0; one < 100; one++)
          expect(await countTry(`sign-in:${accountKey(email)}`, 10)).toBeGreaterThan(0);
      };
      const more = Promise.all(Array.from({ length: 9 }, tries));
      const owner = signIn(email, PASSWORD, browser); // meanwhile
      await more;
      expect((await owner).status).toBe(200);
      await stop();
    }
    const { rows } = await database.db.query(
      `SELECT count FROM "rateLimit" WHERE key = 'sign-in:${accountKey(email)}'`,
    );
    expect(rows).toEqual([{ count: 10_000 }]);
    start(database.url);
    // What is beyond the first ten is refused before a password is hashed.
    expect(found).toEqual({ 401: 10, 429: 990 });
    expect((await signIn(email, PASSWORD)).status).toBe(429); // the owner, on a browser that nobody knows
  });

  it("is counted whole where the first tries come at once", async () => {
    const { countTry } = await import("@/lib/auth/tries");
    for (let person = 0; person < 50; person++) {
      const tries = Array.from({ length: 10 }, () => countTry(`sign-in:new-${person}`, 4));
      const refused = (await Promise.all(tries)).filter((seconds) => seconds > 0);
      expect(refused).toHaveLength(6);
    }
  });

  it("on a known browser is counted for it alone", async () => {
    const { account, response } = await signUp();
    const { email } = account;
    const first = cookiesOf(response);
    const second = cookiesOf(await signIn(email, PASSWORD));
    const guesses = await statuses(11, () => signIn(email, "wrong password", first));
    expect(guesses).toEqual([...Array<number>(10).fill(401), 429]);
    expect((await signIn(email, PASSWORD, first)).status).toBe(429);
    expect((await signIn(email, PASSWORD, second)).status).toBe(200);
    expect((await signIn(email, PASSWORD)).status).toBe(200);
  });

  it("has a browser's mistakes forgotten after the right password, and no others", async () => {
    const { account, response } = await signUp();
    const browser = cookiesOf(response);
    const { email } = account;
    await statuses(9, () => signIn(email, "wrong password"));
    for (let round = 0; round < 2; round++) {
      await statuses(9, () => signIn(email, "wrong password", browser));
      expect((await signIn(email, PASSWORD, browser)).status).toBe(200);
    }
    expect(await statuses(2, () => signIn(email, "wrong password"))).toEqual([401, 429]);
  });

  it("is not helped by cookies that are no known browser's of that account", async () => {
    const { account, cookie } = await signUp();
    const attacker = await signUp();
    const { accountKey } = await import("@/lib/auth/device-cookie");
    const name = `todo-stack.device_${accountKey(account.email).slice(0, 8)}`;
    const theirs = attacker.response.headers.getSetCookie()[1]!.split(";")[0]!;
    const value = (pair: string) => pair.slice(pair.indexOf("=") + 1);
    const forged = [
      theirs,
      `${name}=${value(theirs)}`,
      `${name}=${value(attacker.cookie)}`,
      `${name}=${value(cookie)}`,
      `${name}=${accountKey(account.email)}.made-up.bm90aGluZw%3D%3D`,
    ];
    await statuses(10, () => signIn(account.email, "wrong password"));
    for (const made of forged)
      expect((await signIn(account.email, PASSWORD, made)).status, made).toBe(429);
  });

  it("in an open session is counted for its browser", async () => {
    const { account, response } = await signUp();
    const browser = cookiesOf(response);
    const wrong = { password: "wrong password" };
    await statuses(10, () => call("/delete-user", wrong, { cookie: browser }));
    const right = { password: PASSWORD };
    expect((await call("/delete-user", right, { cookie: browser })).status).toBe(429);
    expect((await signIn(account.email, PASSWORD)).status).toBe(200);
  });
});

describe("the mark of a known browser", () => {
  it("is seen by sign-in alone, lasts, and names nobody", async () => {
    const { account, response } = await signUp();
    const again = await signIn(account.email.toUpperCase(), PASSWORD, cookiesOf(response));
    const [first, second] = [response, again].map((answer) => answer.headers.getSetCookie()[1]!);
    expect(first).toMatch(/^todo-stack\.device_.{8}=/);
    for (const attribute of ["HttpOnly", "SameSite=Lax", "Path=/api/auth", "Max-Age=34560000"])
      expect(first).toContain(attribute);
    expect(first).not.toContain("@");
    expect(second).toBe(first); // the same browser, counted as before
    const https = { "x-forwarded-proto": "https", origin: "https://todo.example:30080" };
    const secure = await signUp(newAccount(), https);
    expect(secure.response.headers.getSetCookie()[1]).toMatch(
      /^__Secure-todo-stack\.device_.*Secure/,
    );
    const { rows } = await database.db.query(`SELECT key FROM "rateLimit"`);
    expect(JSON.stringify(rows)).not.toContain("@");
  });

  it("stays after signing out, and goes with the secret", async () => {
    const { account, response } = await signUp();
    const browser = cookiesOf(response);
    const out = await call("/sign-out", {}, { cookie: cookieOf(response) });
    expect(out.headers.getSetCookie().join()).not.toContain("device_");
    await statuses(10, () => signIn(account.email, "wrong password"));
    expect((await signIn(account.email, PASSWORD, browser)).status).toBe(200);
    await stop();
    vi.unstubAllEnvs();
    start(database.url, {
      BETTER_AUTH_SECRET: "another-secret-of-more-than-thirty-two-characters",
    });
    expect((await signIn(account.email, PASSWORD, browser)).status).toBe(429);
  });
});
