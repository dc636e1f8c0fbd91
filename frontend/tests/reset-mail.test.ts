import { createServer, type AddressInfo, type Socket } from "node:net";
import { describe, expect, it, vi } from "vitest";
import { linkIn, startMailServer } from "./mail-server";
import { AT_SITE, mailingFrontend, sent, SITE } from "./mailing-frontend";
import * as frontend from "./sign-in";
import { call, cookieOf, newAccount, PASSWORD, said, signUp, tokenOf } from "./sign-in";

const NEW_PASSWORD = "quite another password";
const mailing = mailingFrontend("open");

/** The settings with which mails go by the mail server on a port. */
const at = (port: number) => ({ SMTP_URL: `smtp://127.0.0.1:${port}` });

const ask = (email: unknown, headers: Record<string, string> = {}) =>
  call("/request-password-reset", { email }, { ...AT_SITE, ...headers });

const reset = (token: string, newPassword = NEW_PASSWORD) =>
  call("/reset-password", { token, newPassword }, AT_SITE);

const signedUp = () => signUp(newAccount(), AT_SITE);
const signIn = (account: object) => call("/sign-in/email", account, AT_SITE);

const tokenIn = (mail: { text: string }) =>
  new URLSearchParams(linkIn(mail).split("#")[1]).get("token")!;

/** The token of a link that is asked for now. */
async function mailedToken(email: string): Promise<string> {
  expect((await ask(email)).status).toBe(200);
  await sent();
  return tokenIn(mailing.server.mails.at(-1)!);
}

/** What the process logs from now on. */
function logged() {
  const output = vi.spyOn(process.stdout, "write").mockReturnValue(true);
  return async () => {
    const { flushLog } = await import("@/lib/log");
    flushLog();
    const lines = output.mock.calls.map(([line]) => String(line)).join("");
    output.mockRestore();
    return lines;
  };
}

describe("a mail with a link to set a new password", () => {
  it("is plain text from the site to the account's address, with all that mails need and nothing else", async () => {
    const { account } = await signUp(
      { ...newAccount(), name: "Ada <eve@example.org>, Bcc" },
      AT_SITE,
    );
    expect((await ask(account.email)).status).toBe(200);
    await sent();
    expect(mailing.server.mails).toHaveLength(1);
    const { from, to, headers, text } = mailing.server.mails[0]!;
    expect([from, to]).toEqual(["todo@example.org", [account.email]]);
    const {
      "Message-ID": id,
      Date: date,
      "Content-Transfer-Encoding": coding,
      ...others
    } = headers;
    expect(id).toMatch(/^<.+@example\.org>$/);
    expect(Math.abs(Date.parse(date!) - Date.now())).toBeLessThan(60_000);
    expect(coding).toMatch(/^(7bit|quoted-printable)$/);
    expect(others).toEqual({
      From: "Todo Stack <todo@example.org>",
      To: account.email,
      Subject: "Set a new password for Todo Stack",
      "Auto-Submitted": "auto-generated",
      "MIME-Version": "1.0",
      "Content-Type": "text/plain; charset=utf-8",
    });
    expect(text).toContain(`your account at ${SITE}\n`);
    expect(text).not.toMatch(/\bAda\b/);
    const link = new URL(linkIn(mailing.server.mails[0]!));
    expect(link.origin + link.pathname).toBe(`${SITE}/reset-password`);
    expect(Object.fromEntries(new URLSearchParams(link.hash.slice(1)))).toEqual({
      token: expect.stringMatching(/^[\w-]{32}$/),
      email: account.email,
    });
  });

  it("leads to the public address, whatever host the request names", async () => {
    const { account } = await signedUp();
    const evil = {
      host: "evil.example",
      "x-forwarded-host": "evil.example",
      "x-forwarded-proto": "http",
    };
    expect((await ask(account.email, evil)).status).toBe(200);
    await sent();
    expect(linkIn(mailing.server.mails[0]!)).toMatch(/^https:\/\/todo\.example\/reset-password#/);
    expect(JSON.stringify(mailing.server.mails)).not.toContain("evil");
  });

  it("sets the password once, and ends every session", async () => {
    const { account, cookie } = await signedUp();
    const token = await mailedToken(account.email);
    expect((await reset(token)).status).toBe(200);
    expect(await tokenOf(cookie)).toBeNull();
    expect((await signIn({ ...account, password: NEW_PASSWORD })).status).toBe(200);
    expect((await signIn(account)).status).toBe(401);
    expect((await reset(token, PASSWORD)).status).toBe(400);
  });

  it.each([
    [59, 200],
    [61, 400],
  ])("is good for an hour: after %d minutes it is answered %d", async (minutes, status) => {
    const { account } = await signedUp();
    const token = await mailedToken(account.email);
    vi.useFakeTimers({ now: Date.now() + minutes * 60_000, toFake: ["Date"] });
    expect((await reset(token)).status).toBe(status);
  });

  const operators = async (email: string) => {
    const { answer } = await import("@/gateway/commands");
    const { link } = (await answer(["reset-password", email, SITE])) as { link: string };
    return tokenIn({ text: link });
  };
  const change = async (email: string) => {
    const cookie = cookieOf(await signIn({ email, password: PASSWORD }));
    const body = { currentPassword: PASSWORD, newPassword: "a password of my own" };
    expect((await call("/change-password", body, { cookie, ...AT_SITE })).status).toBe(200);
  };
  it.each([
    ["another one", mailedToken, mailedToken],
    ["one of an operator", mailedToken, operators],
    ["a change of password", mailedToken, change],
  ])("is no good any more after %s", async (_, make, happen) => {
    const { account } = await signedUp();
    const former = await make(account.email);
    const later = await happen(account.email);
    expect((await reset(former)).status).toBe(400);
    if (later) expect((await reset(later)).status).toBe(200);
  });

  it("leaves an operator's alone, for anybody can ask for it; that one ends when the password is set", async () => {
    for (const [first, second] of [
      [0, 1],
      [1, 0],
    ] as const) {
      const { account } = await signedUp();
      const tokens = [await operators(account.email), await mailedToken(account.email)];
      expect((await reset(tokens[first]!)).status).toBe(200);
      expect((await reset(tokens[second]!)).status).toBe(400);
    }
  });

  it("is no good any more after another has set the password, also of those made at once", async () => {
    const { account } = await signedUp();
    await Promise.all([ask(account.email), ask(account.email), ask(account.email)]);
    await sent();
    expect(mailing.server.mails).toHaveLength(3);
    const answers = [];
    for (const mail of mailing.server.mails) answers.push((await reset(tokenIn(mail))).status);
    expect(answers.filter((status) => status === 200)).toHaveLength(1);
  });
});

describe("an answer to who asks for a link", () => {
  it("is the same whoever has an account, and the mail goes to the address that the account has", async () => {
    const { account } = await signUp({ ...newAccount(), email: "mike@kelvin.example" }, AT_SITE);
    const known = [account.email, " Mike@KELVIN.example\t", "mi\u212ae@\u212aelvin.example"];
    const unknown = [
      "nobody@example.org",
      "<mike@kelvin.example>",
      "mike@kelvin.example.",
      "'--@x.y",
    ];
    const answers = await Promise.all([...known, ...unknown].map((email) => ask(email)));
    const [first, ...others] = await Promise.all(answers.map(said));
    expect(first).toEqual([200, '{"status":true}', expect.anything()]);
    for (const other of others) expect(other).toEqual(first);
    await sent();
    expect(mailing.server.mails.map(({ to }) => to)).toEqual(known.map(() => [account.email]));
  });

  it.each([
    ["nothing", undefined],
    ["an empty text", " "],
    ["no address", "mike"],
    ["two of them", "mike@kelvin.example,eve@example.org"],
    ["a name and an address", "Mike <mike@kelvin.example>"],
    ["a header after it", "mike@kelvin.example\r\nBcc: eve@example.org"],
    ["a command after it", "mike@kelvin.example>\r\nRCPT TO:<eve@example.org"],
    ["a NUL", "mike@kelvin.example\0"],
    ["a list", ["mike@kelvin.example"]],
    ["an object", { $ne: "" }],
    ["a number", 5],
    ["what is too long for one", `${"m".repeat(250)}@kelvin.example`],
  ])("is a refusal where the request has %s in the place of an address", async (_, email) => {
    const refused = await ask(email);
    expect(refused.status).toBe(400);
    expect(((await refused.json()) as { message: string }).message).toMatch(/./);
    await sent();
    expect(mailing.server.mails).toEqual([]);
  });

  it("stands before anybody has looked whether there is an account", async () => {
    const { account } = await signedUp();
    await mailing.database.db.query(`BEGIN; LOCK TABLE "user", verification`);
    const answers = [await ask(account.email), await ask("nobody@example.org")];
    await mailing.database.db.query("COMMIT");
    expect(await said(answers[0]!)).toEqual(await said(answers[1]!));
    await sent();
    expect(mailing.server.mails).toHaveLength(1);
  });

  it("is that there is nothing here where no mails are sent", async () => {
    const { account } = await signedUp();
    frontend.start(mailing.database.url, { SMTP_URL: "", MAIL_FROM: "" });
    expect((await ask(account.email)).status).toBe(404);
  });
});

describe("a mail server that takes no mail", () => {
  const REFUSED = "550 no such mailbox: ";

  /** Listens, and says nothing; `hangUp` ends all connections. */
  async function mute() {
    const sockets = new Set<Socket>();
    const muted = createServer((socket) => sockets.add(socket.on("error", () => undefined)));
    await new Promise<void>((resolve) => muted.listen(0, "127.0.0.1", resolve));
    const hangUp = () => {
      muted.close();
      for (const socket of sockets) socket.destroy();
    };
    const isAsked = () => vi.waitFor(() => expect(sockets.size).toBe(1), { timeout: 60_000 });
    return { port: (muted.address() as AddressInfo).port, isAsked, hangUp };
  }

  it.each([
    ["is not there", () => Promise.resolve({ port: 1, close: () => undefined }), "ECONNREFUSED"],
    [
      "refuses the address, in words with it",
      () =>
        startMailServer({
          onRcptTo: ({ address }, _, done) => done(new Error(`${REFUSED}${address}`)),
        }),
      "EENVELOPE RCPT TO 550",
    ],
    [
      "refuses the mail, in words with its link",
      () =>
        startMailServer({
          onData: (stream, session, done) => {
            let raw = "";
            stream.on("data", (part) => (raw += String(part)));
            stream.on("end", () =>
              done(new Error(`spam for ${session.envelope.rcptTo[0]?.address}: ${raw}`)),
            );
          },
        }),
      "EMESSAGE DATA 450",
    ],
    [
      "turns everybody away",
      () => startMailServer({ onConnect: (_, done) => done(new Error("go away")) }),
      "EPROTOCOL CONN 554",
    ],
    [
      "hangs up with words that have the address",
      async () => {
        const rude = createServer((socket) => {
          socket.write("220 hello\r\n");
          socket
            .on("error", () => undefined)
            .on("data", (line) => {
              const [, address] = /^RCPT TO:(.*)/m.exec(String(line)) ?? [];
              if (address) socket.end(`421 ${address}`);
              else socket.write("250 fine\r\n");
            });
        });
        await new Promise<void>((resolve) => rude.listen(0, "127.0.0.1", resolve));
        return { port: (rude.address() as AddressInfo).port, close: () => rude.close() };
      },
      "ECONNECTION CONN 421",
    ],
  ])(
    "and %s leaves the answer the same, and is in the log without address and link",
    async (_, run, why) => {
      const { port, close } = await run();
      mailing.start(at(port));
      const { account } = await signedUp();
      const log = logged();
      const answers = [await ask(account.email), await ask("nobody@example.org")];
      await sent();
      const lines = await log();
      await close();
      expect(await said(answers[0]!)).toEqual(await said(answers[1]!));
      expect(answers[0]!.status).toBe(200);
      const [record, ...others] = lines
        .split("\n")
        .filter((line) => line.includes("was not mailed"));
      expect(others).toEqual([]);
      expect(JSON.parse(record!)).toMatchObject({
        level: "error",
        request_id: answers[0]!.headers.get("x-request-id"),
      });
      expect(record).toContain(why);
      expect(lines).not.toMatch(/@example\.org|\bada-|token|#/);
    },
  );

  it("and says nothing is not waited for by the answer", async () => {
    const { port, isAsked, hangUp } = await mute();
    mailing.start(at(port));
    const { account } = await signedUp();
    const log = logged();
    expect((await ask(account.email)).status).toBe(200);
    await isAsked();
    hangUp();
    await sent();
    expect(await log()).toContain("was not mailed");
  });

  const ofMinutes = {
    connectionTimeout: 60_000,
    greetingTimeout: 60_000,
    socketTimeout: 60_000,
    whole: 60_000,
  };
  it.each(["greetingTimeout", "whole"])(
    "and says nothing is given up after its time (%s)",
    async (limit) => {
      const { port, hangUp } = await mute();
      mailing.start(at(port));
      const { sendMail } = await import("@/lib/mail");
      const mail = { to: "ada@example.org", subject: "x", text: "x" };
      const failed = await sendMail(mail, { ...ofMinutes, [limit]: 20 }).catch(String);
      expect(failed).toMatch(/^MailFailed: (ETIMEDOUT|EABORT)/);
      hangUp();
    },
  );

  it("is not the end of the account's password", async () => {
    mailing.start(at(1));
    const { account } = await signedUp();
    vi.spyOn(process.stdout, "write").mockReturnValue(true);
    await ask(account.email);
    await sent();
    expect((await signIn(account)).status).toBe(200);
  });

  it("is no different from a database that is away meanwhile: that is in the log too", async () => {
    const { account } = await signedUp();
    const log = logged();
    await mailing.database.db.query("ALTER TABLE verification RENAME TO gone");
    expect((await ask(account.email)).status).toBe(200);
    await sent();
    await mailing.database.db.query("ALTER TABLE gone RENAME TO verification");
    const lines = await log();
    expect(lines).toContain("was not mailed");
    expect(lines).not.toContain(account.email);
  });
});

describe("the password of the mail server", () => {
  const user = "todo@example.org";
  const password = "p/w:@ hunter2";
  const login = `${encodeURIComponent(user)}:${encodeURIComponent(password)}`;

  /** A server that knows this password, under a certificate that nobody vouches for; `tried` are the logins. */
  async function withPassword(options: object) {
    const tried: unknown[] = [];
    const known = await startMailServer({
      disabledCommands: [],
      authOptional: false,
      onAuth: (auth, _, done) => {
        tried.push([auth.username, auth.password]);
        done(null, { user: auth.username });
      },
      ...options,
    });
    return { ...known, tried };
  }

  const url = (scheme: string, port: number) => ({
    SMTP_URL: `${scheme}://${login}@127.0.0.1:${port}`,
  });

  it.each([
    ["smtp", {}],
    ["smtps", { secure: true }],
  ])("is used by %s, where the server is who it says", async (scheme, options) => {
    vi.spyOn(process, "emitWarning").mockReturnValue();
    const { port, tried, mails, close } = await withPassword(options);
    for (const [trusts, expected] of [
      ["1", []],
      ["0", [[user, password]]],
    ] as const) {
      mailing.start({ ...url(scheme, port), NODE_TLS_REJECT_UNAUTHORIZED: trusts });
      const { account } = await signedUp();
      const log = logged();
      await ask(account.email);
      await sent();
      expect(await log()).toMatch(trusts === "1" ? /was not mailed.*certificate/ : /was mailed/);
      expect(tried).toEqual(expected);
    }
    expect(mails).toHaveLength(1);
    await close();
  });

  it("is kept from a server that has no TLS", async () => {
    const { port, tried, mails, close } = await withPassword({
      disabledCommands: ["STARTTLS"],
      allowInsecureAuth: true,
    });
    mailing.start(url("smtp", port));
    const { account } = await signedUp();
    const log = logged();
    expect((await ask(account.email)).status).toBe(200);
    await sent();
    expect(await log()).toMatch(/was not mailed.*STARTTLS/);
    expect([tried, mails]).toEqual([[], []]);
    await close();
  });
});

describe("links that are asked for", () => {
  it("are three for an address in a quarter of an hour, whatever the pod and whoever has an account", async () => {
    const { account } = await signedUp();
    const seen = [];
    for (const email of [account.email, "nobody@example.org"]) {
      const answers = [];
      for (let count = 0; count < 4; count++) {
        mailing.start(); // another pod
        const answer = await ask(count % 2 ? email : email.toUpperCase());
        answers.push([
          answer.status,
          await answer.text(),
          answer.headers.get("retry-after")?.length,
        ]);
        await sent();
      }
      seen.push(answers);
    }
    expect(seen[0]!.map(([status]) => status)).toEqual([200, 200, 200, 429]);
    expect(seen[0]![3]).toEqual([429, expect.stringContaining("Try again in 15 minutes"), 3]);
    expect(seen[1]).toEqual(seen[0]);
    expect(mailing.server.mails).toHaveLength(3);
    expect((await ask("somebody-else@example.org")).status).toBe(200);
    const { rows } = await mailing.database.db.query(`SELECT key FROM "rateLimit"`);
    expect(JSON.stringify(rows)).not.toContain("@");
  });

  it("are bounded in sum, of which refused ones are no part", async () => {
    for (let count = 0; count < 4; count++) await ask("nobody@example.org");
    const sum = `FROM "rateLimit" WHERE key = 'mail'`;
    expect((await mailing.database.db.query(`SELECT count ${sum}`)).rows).toEqual([{ count: 3 }]);
    await mailing.database.db.query(`UPDATE "rateLimit" SET count = 300 WHERE key = 'mail'`);
    const { account } = await signedUp();
    for (const email of [account.email, "anybody@example.org"]) {
      const refused = await ask(email);
      expect(refused.status).toBe(429);
      expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(60);
    }
    await sent();
    expect(mailing.server.mails).toEqual([]);
  });
});
