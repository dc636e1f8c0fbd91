import crypto, { type ScryptOptions } from "node:crypto";
import { syncBuiltinESMExports } from "node:module";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { startDatabase, type TestDatabase } from "./database";
import { startMailServer, type MailServer } from "./mail-server";
import * as frontend from "./sign-in";
import { call, MAIL, newAccount, ORIGIN, PASSWORD, said, signUp } from "./sign-in";

let database: TestDatabase;
let server: MailServer;
/** How many passwords were hashed: what answers differ by in time. */
let hashed = 0;
const { scrypt } = crypto;

function countHashes(): void {
  const counted = (
    password: string,
    salt: string,
    length: number,
    options: ScryptOptions,
    done: (error: Error | null, key: Buffer) => void,
  ) => {
    hashed++;
    scrypt(password, salt, length, options, done);
  };
  crypto.scrypt = counted as typeof scrypt;
  syncBuiltinESMExports();
}

beforeAll(async () => {
  database = await startDatabase();
  server = await startMailServer();
  countHashes();
});
afterAll(async () => {
  crypto.scrypt = scrypt;
  syncBuiltinESMExports();
  await server.close();
  await database.close();
});
beforeEach(() => start("open"));
afterEach(async () => {
  const { mailsSent } = await import("@/lib/auth/mail-requests");
  await mailsSent();
  await frontend.stop();
  await database.db.query(`DELETE FROM "rateLimit"`);
});

/** A frontend process that sends mails, with this sign-up. */
const start = (mode: string) =>
  frontend.start(database.url, {
    ...MAIL,
    SMTP_URL: `smtp://127.0.0.1:${server.port}`,
    SIGN_UP: mode,
  });

type Ask = (email: string) => Promise<Response>;

const MODES = ["open", "confirmed", "closed"];

/** The same requests again and again; the answer to the last of them. */
const times =
  (count: number, ask: Ask): Ask =>
  async (email) => {
    for (let done = 1; done < count; done++) await ask(email);
    return ask(email);
  };

const post =
  (path: string, fields: (email: string) => object, headers: Record<string, string> = {}): Ask =>
  (email) =>
    call(path, fields(email), headers);

const signIn = (password: string): Ask => post("/sign-in/email", (email) => ({ email, password }));
const signUpWith = (fields: object, headers = {}): Ask =>
  post("/sign-up/email", (email) => ({ ...newAccount(), email, ...fields }), headers);
const by = (path: string): Ask => post(path, (email) => ({ email }));

/** Requests by which somebody without a session may want to find out, with the ways to sign up in which they can. */
const REQUESTS: [string, number, string[], Ask][] = [
  ["/sign-in/email", 401, MODES, signIn("wrong password")],
  ["/sign-in/email with an empty password", 401, MODES, signIn("")],
  ["/sign-in/email with a password of 4,096 bytes", 401, MODES, signIn("x7".repeat(2048))],
  ["/sign-in/email with a longer one", 400, MODES, signIn("x7".repeat(2049))],
  ["/sign-in/email with a NUL", 401, MODES, signIn("a\0bcdefgh")],
  ["/sign-in/email in capitals", 401, MODES, (email) => signIn("wrong")(email.toUpperCase())],
  ["/sign-in/email with a space", 400, MODES, (email) => signIn("wrong")(` ${email}`)],
  ["/sign-in/email for the tenth time", 401, MODES, times(10, signIn("wrong password"))],
  ["/sign-in/email once too often", 429, MODES, times(11, signIn("wrong password"))],
  [
    "/sign-in/email of another page",
    403,
    MODES,
    post("/sign-in/email", (email) => ({ email, password: PASSWORD }), { origin: "http://x.y" }),
  ],
  ["/sign-up/email", 403, ["confirmed", "closed"], signUpWith({})],
  ["/sign-up/email again and again", 403, ["confirmed", "closed"], times(25, signUpWith({}))],
  ["/sign-up/email by no invitation", 403, MODES, signUpWith({ invitation: "x".repeat(32) })],
  ["/sign-up/email with a weak password", 400, MODES, signUpWith({ password: "short" })],
  ["/sign-up/email with no name", 400, MODES, signUpWith({ name: " " })],
  ["/sign-up/email of another page", 403, MODES, signUpWith({}, { origin: "http://x.y" })],
  ["/request-sign-up", 200, ["confirmed"], by("/request-sign-up")],
  ["/request-sign-up once too often", 429, ["confirmed"], times(4, by("/request-sign-up"))],
  ["/request-sign-up where there is none", 404, ["open", "closed"], by("/request-sign-up")],
  ["/request-password-reset", 200, MODES, by("/request-password-reset")],
  ["/request-password-reset once too often", 429, MODES, times(4, by("/request-password-reset"))],
  [
    "/reset-password by no link",
    400,
    MODES,
    post("/reset-password", (email) => ({ email, token: "x", newPassword: "another password" })),
  ],
  ["/sign-out", 200, MODES, by("/sign-out")],
  [
    "/change-password",
    401,
    MODES,
    post("/change-password", (email) => ({
      email,
      currentPassword: PASSWORD,
      newPassword: "another password",
    })),
  ],
  ["/change-email", 404, MODES, post("/change-email", (newEmail) => ({ newEmail }))],
  ["/send-verification-email", 404, MODES, by("/send-verification-email")],
];

describe("no answer tells whether an address has an account", () => {
  it.each(
    REQUESTS.flatMap(([name, status, modes, ask]) =>
      modes.map((mode) => ({ name, mode, status, ask })),
    ),
  )("$mode: $name", async ({ mode, status, ask }) => {
    const { account } = await signUp();
    start(mode);
    vi.useFakeTimers({ now: Date.now(), toFake: ["Date"] });
    const seen = [];
    for (const email of [account.email, newAccount().email]) {
      hashed = 0;
      const [answered, body, headers] = await said(await ask(email));
      seen.push({ answered, body: body.replaceAll(email, "EMAIL"), headers, hashed });
    }
    const [taken, free] = seen;
    expect(taken!.answered).toBe(status);
    expect(free).toEqual(taken);
  });

  it("by its time: a password is hashed once, whoever it is tried for", async () => {
    const { account } = await signUp();
    for (const email of [account.email, newAccount().email]) {
      hashed = 0;
      await signIn("wrong password")(email);
      expect(hashed).toBe(1);
    }
  });

  it("to who asks for any endpoint that takes an address or a password without a session", async () => {
    const { ENDPOINTS } = await import("@/lib/auth/endpoints");
    const withASession = ["POST /delete-user"]; // its own account's, which it knows
    const asked = Object.entries(ENDPOINTS)
      .filter(([, serving]) => ["public", "guarded", "mailed", "confirmed"].includes(serving))
      .map(([endpoint]) => endpoint)
      .filter((endpoint) => endpoint.startsWith("POST") && !withASession.includes(endpoint));
    const known = REQUESTS.map(([name]) => `POST ${name.split(" ")[0]}`);
    expect(asked.filter((endpoint) => !known.includes(endpoint))).toEqual([]);
  });
});

describe("an open sign-up, which makes an account at once and so must tell", () => {
  const from = (address: string) => ({ "x-forwarded-for": address });
  const status = async (account: object, address: string) =>
    (await call("/sign-up/email", account, from(address))).status;
  const tell = async (account: object, addresses: string[]) => {
    for (const address of addresses) expect(await status(account, address)).toBe(422);
  };

  it.each([
    ["203.0.113.7", "203.0.113.7", "203.0.113.8"],
    ["2001:db8:0:1::1", "2001:db8:0:1:ffff::2", "2001:db8:0:2::1"],
  ])(
    "tells a client of twenty addresses, and then nothing for a while: %s",
    async (first, same, other) => {
      const { account } = await signUp();
      await tell(account, [...Array<string>(10).fill(first), ...Array<string>(10).fill(same)]);
      start("open"); // another pod
      vi.useFakeTimers({ now: Date.now(), toFake: ["Date"] });
      const answers = [];
      for (const one of [account, newAccount()])
        answers.push(await said(await call("/sign-up/email", one, from(same))));
      expect(answers[0]![0]).toBe(429);
      expect(answers[1]).toEqual(answers[0]);
      expect(Number(new Map(answers[0]![2]).get("retry-after"))).toBeGreaterThan(60);
      expect(await status(newAccount(), other)).toBe(200);
      const { rows } = await database.db.query(`SELECT key FROM "rateLimit"`);
      expect(JSON.stringify(rows)).not.toMatch(/203\.0|2001:/);
      vi.setSystemTime(Date.now() + 15 * 60_000 + 1);
      expect(await status(newAccount(), first)).toBe(200);
    },
  );

  it("tells a client no more where it asks for many at once", async () => {
    const { account } = await signUp();
    const client = "198.51.100.2";
    const asked = Array.from({ length: 60 }, () => status(account, client));
    expect((await Promise.all(asked)).filter((answer) => answer === 422)).toHaveLength(20);
    expect(await status(newAccount(), client)).toBe(429);
  });

  it("counts no account that is made, and nobody who was invited", async () => {
    const { account } = await signUp();
    const client = "198.51.100.1";
    for (let made = 0; made < 21; made++) expect(await status(newAccount(), client)).toBe(200);
    await tell(account, Array<string>(19).fill(client));
    const invited = newAccount();
    const { answer } = await import("@/gateway/commands");
    const { link } = (await answer(["invite", invited.email, ORIGIN])) as { link: string };
    const invitation = new URLSearchParams(link.split("#")[1]).get("invitation");
    expect(await status(invited, client)).toBe(200);
    expect(await status({ ...invited, invitation }, client)).toBe(422);
    await tell(account, [client]);
    expect(await status(account, client)).toBe(429);
  });
});
