import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { startDatabase, type TestDatabase } from "./database";
import * as frontend from "./sign-in";
import { call, cookieOf, newAccount, ORIGIN, PASSWORD, signUp, tokenOf } from "./sign-in";

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

describe("an address that a link is made for", () => {
  it.each([
    "\u200b@example.org",
    "ada\u2060@example.org",
    "ada@exa\u00admple.org",
    "\u3164@\ufeff.x",
    "\u202eada@x.y",
  ])("has no characters that nobody sees: %j", async (email) => {
    for (const command of ["invite", "reset-password"]) {
      const { refusal } = await run(command, email);
      expect(refusal).toMatch(/is no email address|has characters that nobody sees/);
    }
  });
});

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

describe("an invitation", () => {
  const closed = () => start({ SIGN_UP: "closed" });
  const accept = (account: object, invitation: unknown) =>
    call("/sign-up/email", { ...account, invitation });
  const invited = async (email: string) => parts(await run("invite", email))[1].invitation!;

  it("is a link to the page that makes accounts, which shows for whom it is", async () => {
    const [address, shown] = parts(await run("invite", " Ada@Example.org "));
    expect(address).toBe(`${ORIGIN}/sign-up`);
    expect(shown).toEqual({
      invitation: expect.stringMatching(/^[\w-]{32}$/),
      email: "ada@example.org",
    });
  });

  it("makes one account where sign-up is closed, of a person who is signed in then", async () => {
    closed();
    const account = newAccount();
    const invitation = await invited(account.email);
    const answer = await accept({ ...account, email: account.email.toUpperCase() }, invitation);
    expect(answer.status).toBe(200);
    expect(await tokenOf(cookieOf(answer))).not.toBeNull();
    expect((await call("/sign-in/email", account)).status).toBe(200);
    await call("/delete-user", { password: PASSWORD }, { cookie: cookieOf(answer) });
    expect((await accept(account, invitation)).status).toBe(403);
  });

  it("makes one account, however many try it at the same time", async () => {
    closed();
    const account = newAccount();
    const invitation = await invited(account.email);
    const answers = await Promise.all([1, 2, 3].map(() => accept(account, invitation)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    const { rows } = await database.db.query(`SELECT id FROM "user" WHERE email = $1`, [
      account.email,
    ]);
    expect(rows).toHaveLength(1);
  });

  it("is not used up by what is not taken", async () => {
    closed();
    const account = newAccount();
    const invitation = await invited(account.email);
    for (const wrong of [{ password: "short" }, { name: " " }, { email: "x@example.org" }])
      expect((await accept({ ...account, ...wrong }, invitation)).ok).toBe(false);
    expect((await accept(account, invitation)).status).toBe(200);
  });

  it("is no good after a day, nor after another one", async () => {
    closed();
    const account = newAccount();
    const former = await invited(account.email);
    const invitation = await invited(account.email);
    expect((await accept(account, former)).status).toBe(403);
    later(24.01);
    expect((await accept(account, invitation)).status).toBe(403);
  });

  it("is refused in the same words, whoever has an account and whatever is wrong with it", async () => {
    const { account } = await signUp();
    const free = newAccount();
    closed();
    const invitation = await invited("somebody@example.org");
    const answers = await Promise.all(
      [account, free].flatMap((one) =>
        [invitation, "x".repeat(32), "", 1, { $ne: "" }].map((token) => accept(one, token)),
      ),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([403]));
    expect(new Set(await Promise.all(answers.map((one) => one.text()))).size).toBe(1);
  });

  it("sets no password, and a link for a password makes no account", async () => {
    const { account } = await signUp();
    closed();
    const free = newAccount();
    const invitation = await invited(free.email);
    const change = { token: invitation, newPassword: NEW_PASSWORD };
    expect((await call("/reset-password", change)).status).toBe(400);
    const token = tokenIn(await run("reset-password", account.email));
    expect((await accept({ ...free, email: account.email }, token)).status).toBe(403);
  });

  it("is not made for who has an account, and the operator is told", async () => {
    const { account } = await signUp();
    const { refusal } = await run("invite", account.email);
    expect(refusal).toBe(`${account.email} has an account already`);
  });

  it("is not needed where sign-up is open", async () => {
    const account = newAccount();
    const invitation = await invited(account.email);
    expect((await accept(account, invitation)).status).toBe(200);
    await signUp();
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
