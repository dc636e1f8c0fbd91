import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { startDatabase, type TestDatabase } from "./database";
import * as frontend from "./sign-in";
import { call, cookieOf, ORIGIN, PASSWORD, signUp, tokenOf } from "./sign-in";

const NEW_PASSWORD = "quite another password";

let database: TestDatabase;

/** A frontend process on this database. */
const start = (env: Record<string, string> = {}) => frontend.start(database.url, env);

beforeAll(async () => {
  database = await startDatabase();
});
afterAll(() => database.close());
beforeEach(() => start());
afterEach(frontend.stop);

/** What `node server.js COMMAND EMAIL ORIGIN` prints. */
async function run(command: string, email: string): Promise<Record<string, string>> {
  const { answer } = await import("@/gateway/commands");
  return (await answer([command, email, ORIGIN])) as unknown as Record<string, string>;
}

/** A link's address without what only the page sees, and that. */
function parts({ link }: Record<string, string>): [string, Record<string, string>] {
  const [address, fragment] = link!.split("#");
  return [address!, Object.fromEntries(new URLSearchParams(fragment))];
}

const tokenIn = (made: Record<string, string>) => parts(made)[1].token!;
const later = (hours: number) =>
  vi.useFakeTimers({ now: Date.now() + hours * 60 * 60_000, toFake: ["Date"] });

describe("a link to set a new password", () => {
  const reset = (token: string, newPassword = NEW_PASSWORD, headers = {}) =>
    call("/reset-password", { token, newPassword }, headers);

  it("is under the public address, with what it opens where no server sees it", async () => {
    const { account } = await signUp();
    const made = await run("reset-password", account.email);
    const [address, shown] = parts(made);
    expect(address).toBe(`${ORIGIN}/reset-password`);
    expect(shown).toEqual({ token: expect.stringMatching(/^[\w-]{32}$/), email: account.email });
    const hours = (Date.parse(made.expires!) - Date.now()) / 3_600_000;
    expect(hours).toBeGreaterThan(23.9);
    expect(hours).toBeLessThanOrEqual(24);
    start({ PUBLIC_URL: "https://todo.example" });
    const [known] = parts(await run("reset-password", account.email));
    expect(known).toBe("https://todo.example/reset-password");
  });

  it("sets the password and ends every session at once", async () => {
    const { account, cookie } = await signUp();
    const other = cookieOf(await call("/sign-in/email", account));
    const bystander = await signUp();
    const kept = await tokenOf(bystander.cookie);
    for (const one of [cookie, other]) expect(await tokenOf(one)).not.toBeNull();
    const token = tokenIn(await run("reset-password", ` ${account.email.toUpperCase()} `));
    expect((await reset(token)).status).toBe(200);
    for (const one of [cookie, other]) {
      expect(await tokenOf(one)).toBeNull();
      expect((await call("/token", undefined, { cookie: one })).status).toBe(401);
    }
    expect((await call("/sign-in/email", account)).status).toBe(401);
    expect((await call("/sign-in/email", { ...account, password: NEW_PASSWORD })).status).toBe(200);
    expect(await tokenOf(bystander.cookie)).toBe(kept);
    expect((await call("/sign-in/email", bystander.account)).status).toBe(200);
  });

  it("works once, however many try it at the same time", async () => {
    const { account } = await signUp();
    const token = tokenIn(await run("reset-password", account.email));
    const tries = ["first of the passwords", "second of the passwords", "third of the passwords"];
    const answers = await Promise.all(tries.map((password) => reset(token, password)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 400, 400]);
    expect((await reset(token)).status).toBe(400);
  });

  it("is not used up by a password that is not taken", async () => {
    const { account } = await signUp();
    const token = tokenIn(await run("reset-password", account.email));
    for (const weak of ["short", "password1", "          "])
      expect((await reset(token, weak)).status).toBe(400);
    expect((await reset(token)).status).toBe(200);
  });

  it("is no good any more after a day", async () => {
    const { account } = await signUp();
    const token = tokenIn(await run("reset-password", account.email));
    later(24.01);
    expect((await reset(token)).status).toBe(400);
    expect((await call("/sign-in/email", account)).status).toBe(200);
  });

  it.each([
    ["another link", (email: string) => run("reset-password", email)],
    [
      "a change of password",
      async (email: string) => {
        const cookie = cookieOf(await call("/sign-in/email", { email, password: PASSWORD }));
        const change = { currentPassword: PASSWORD, newPassword: "a password of my own" };
        expect((await call("/change-password", change, { cookie })).status).toBe(200);
      },
    ],
    [
      "the end of the account",
      async (email: string) => {
        const cookie = cookieOf(await call("/sign-in/email", { email, password: PASSWORD }));
        await call("/delete-user", { password: PASSWORD }, { cookie });
      },
    ],
  ])("is no good any more after %s", async (_, happen) => {
    const { account } = await signUp();
    const token = tokenIn(await run("reset-password", account.email));
    await happen(account.email);
    expect((await reset(token)).status).toBe(400);
  });

  it("is good for its account alone, whoever is signed in", async () => {
    const { account } = await signUp();
    const { account: other, cookie } = await signUp();
    const token = tokenIn(await run("reset-password", account.email));
    expect((await reset(token, NEW_PASSWORD, { cookie })).status).toBe(200);
    expect((await call("/sign-in/email", other)).status).toBe(200);
    expect(await tokenOf(cookie)).not.toBeNull();
  });

  it("lets its owner in whom others' guesses keep out", async () => {
    const { account } = await signUp();
    const wrong = { ...account, password: "wrong password" };
    for (let tries = 0; tries < 11; tries++) await call("/sign-in/email", wrong);
    expect((await call("/sign-in/email", account)).status).toBe(429);
    await reset(tokenIn(await run("reset-password", account.email)));
    expect((await call("/sign-in/email", { ...account, password: NEW_PASSWORD })).status).toBe(200);
  });

  it("is not made for an address without an account, and the operator is told", async () => {
    const { refusal, link } = await run("reset-password", "nobody@example.org");
    expect(link).toBeUndefined();
    expect(refusal).toBe("no account has the address nobody@example.org");
  });

  it("is kept by its hash alone, and in no log", async () => {
    const output = vi.spyOn(process.stdout, "write").mockReturnValue(true);
    const { account } = await signUp();
    const token = tokenIn(await run("reset-password", account.email));
    const { rows } = await database.db.query("SELECT * FROM verification");
    expect(rows.length).toBeGreaterThan(0);
    expect(JSON.stringify(rows)).not.toContain(token);
    await reset("a token that was never given out");
    await reset(token, "short");
    await reset(token);
    await reset(token);
    const { flushLog } = await import("@/lib/log");
    flushLog();
    expect(JSON.stringify(output.mock.calls)).not.toContain(token);
  });

  it("is refused in the same words whatever is wrong with it", async () => {
    const { account } = await signUp();
    const used = tokenIn(await run("reset-password", account.email));
    await reset(used);
    const answers = await Promise.all(
      [used, "x".repeat(32), "nonsense"].map(async (token) => (await reset(token)).text()),
    );
    expect(new Set(answers).size).toBe(1);
  });
});

describe("a command that is none", () => {
  it.each([
    ["unknown", "ada@example.org"],
    ["reset-password", ""],
    ["reset-password", "ada"],
  ])("is refused: %s %s", async (command, email) => {
    expect((await run(command, email)).refusal).toMatch(/./);
  });
});
