import { describe, expect, it, vi } from "vitest";
import { linkIn } from "./mail-server";
import { AT_SITE, mailingFrontend, sent, SITE } from "./mailing-frontend";
import { call, cookieOf, newAccount, said, tokenOf } from "./sign-in";

const mailing = mailingFrontend("");

const ask = (email: unknown) => call("/request-sign-up", { email }, AT_SITE);

/** The invitation in the mail that is asked for now. */
async function mailedInvitation(email: string): Promise<string> {
  expect((await ask(email)).status).toBe(200);
  await sent();
  return invitationIn(linkIn(mailing.server.mails.at(-1)!));
}

const invitationIn = (link: string) => new URLSearchParams(link.split("#")[1]).get("invitation")!;

const accept = (account: object, invitation?: string) =>
  call("/sign-up/email", { ...account, invitation }, AT_SITE);

/** Makes an account by the link in a mail. */
async function signedUp() {
  const account = newAccount();
  const answer = await accept(account, await mailedInvitation(account.email));
  expect(answer.status).toBe(200);
  mailing.server.mails.length = 0;
  return { account, cookie: cookieOf(answer) };
}

const kept = async (table: string) =>
  (await mailing.database.db.query(`SELECT * FROM "${table}"`)).rows.length;

describe("sign-up that is confirmed by a mail", () => {
  it("is what there is where mails are sent, unless the settings say otherwise", async () => {
    for (const [env, expected] of [
      [{}, "confirmed"],
      [{ SIGN_UP: "confirmed" }, "confirmed"],
      [{ SIGN_UP: "open" }, "open"],
      [{ SIGN_UP: "closed" }, "closed"],
      [{ SMTP_URL: "", MAIL_FROM: "" }, "open"],
    ] as const) {
      mailing.start(env);
      const { GET } = await import("@/app/ui-config/route");
      expect(await GET(new Request(SITE)).json()).toMatchObject({ signUp: expected });
      const isThere = (await ask("ada@example.org")).status !== 404;
      expect(isThere).toBe(expected === "confirmed");
      await sent();
    }
  });

  it("mails a link by which that address makes an account and is signed in", async () => {
    const account = newAccount();
    expect((await ask(` ${account.email.toUpperCase()}\t`)).status).toBe(200);
    await sent();
    const [mail] = mailing.server.mails;
    expect(mail).toMatchObject({ to: [account.email], headers: { "Auto-Submitted": /generated/ } });
    expect(mail!.text).toContain(`with this address at ${SITE}\n`);
    const link = linkIn(mail!);
    expect(link).toMatch(new RegExp(`^${SITE}/sign-up#`));
    expect(new URLSearchParams(link.split("#")[1]).get("email")).toBe(account.email);
    const answer = await accept(account, invitationIn(link));
    expect(answer.status).toBe(200);
    expect(await tokenOf(cookieOf(answer))).not.toBeNull();
  });

  it("keeps nothing of an account before the link was opened, and takes no password with the request", async () => {
    const { account: before } = await signedUp();
    const accounts = await kept("user");
    const account = newAccount();
    expect((await call("/request-sign-up", account, AT_SITE)).status).toBe(200);
    await sent();
    expect(await kept("user")).toBe(accounts);
    expect((await call("/sign-in/email", account, AT_SITE)).status).toBe(401);
    expect((await call("/sign-in/email", before, AT_SITE)).status).toBe(200);
  });

  it("tells the owner of an account by mail that there is one, and how to get in, with nothing that opens it", async () => {
    const { account, cookie } = await signedUp();
    const links = await kept("verification");
    expect((await ask(account.email)).status).toBe(200);
    await sent();
    const { text, to } = mailing.server.mails[0]!;
    expect(to).toEqual([account.email]);
    expect(text).toContain(`${SITE}/sign-in\n`);
    expect(text).toContain(`${SITE}/forgot-password\n`);
    expect(text).not.toContain("#");
    expect(await kept("verification")).toBe(links);
    expect(await tokenOf(cookie, "https")).not.toBeNull();
  });

  it("is answered the same, before anybody has looked whether there is an account", async () => {
    const { account } = await signedUp();
    await mailing.database.db.query(`BEGIN; LOCK TABLE "user", verification`);
    const answers = [await ask(account.email), await ask("nobody@example.org")];
    await mailing.database.db.query("COMMIT");
    const [first, second] = await Promise.all(answers.map(said));
    expect(first).toEqual([200, '{"status":true}', expect.anything()]);
    expect(second).toEqual(first);
    await sent();
    expect(mailing.server.mails).toHaveLength(2);
    const [subject, other] = mailing.server.mails.map(({ headers }) => headers.Subject);
    expect(subject).toBe(other); // what a locked phone shows is the same too
  });

  it.each([
    ["for another address", 0, 403, { email: "eve@example.org" }],
    ["for 59 minutes", 59, 200, {}],
    ["after 61 minutes", 61, 403, {}],
  ])("gives a link for one address and an hour: %s", async (_, minutes, status, change) => {
    const account = newAccount();
    const invitation = await mailedInvitation(account.email);
    vi.useFakeTimers({ now: Date.now() + minutes * 60_000, toFake: ["Date"] });
    expect((await accept({ ...account, ...change }, invitation)).status).toBe(status);
  });

  it("gives a link that works once; of several for an address the last, beside an operator's", async () => {
    const account = newAccount();
    const { answer } = await import("@/gateway/commands");
    const { link } = (await answer(["invite", account.email, SITE])) as { link: string };
    const former = await mailedInvitation(account.email);
    const later = await mailedInvitation(account.email);
    expect((await accept(account, former)).status).toBe(403);
    expect((await accept(account, later)).status).toBe(200);
    expect((await accept(account, later)).status).toBe(403);
    const other = newAccount();
    const { link: theirs } = (await answer(["invite", other.email, SITE])) as { link: string };
    await mailedInvitation(other.email);
    expect((await accept(other, invitationIn(theirs))).status).toBe(200);
    expect((await accept(account, invitationIn(link))).status).toBe(422); // they have its mail, and may know
  });

  it("mails three times to an address in a quarter of an hour, links for passwords among them", async () => {
    const { account } = await signedUp();
    await mailing.database.db.query(`DELETE FROM "rateLimit"`);
    // Or the seconds until the next try are told later of the one address than of the other.
    vi.useFakeTimers({ now: Date.now(), toFake: ["Date"] });
    const seen = [];
    for (const email of [account.email, "somebody@example.org"]) {
      const answers = [
        await call("/request-password-reset", { email }, AT_SITE),
        await ask(email),
        await ask(email.toUpperCase()),
        await ask(email),
        await call("/request-password-reset", { email }, AT_SITE),
      ];
      seen.push(await Promise.all(answers.map(said)));
    }
    expect(seen[0]!.map(([status]) => status)).toEqual([200, 200, 200, 429, 429]);
    expect(seen[1]).toEqual(seen[0]);
  });

  it.each([
    ["no address", "ada"],
    ["two of them", "ada@example.org,eve@example.org"],
    ["a header after it", "ada@example.org\r\nBcc: eve@example.org"],
    ["one that no account can have", "ada@exämple.org"],
    ["one with what nobody sees", "ada\u200b@example.org"],
    ["a list", ["ada@example.org"]],
    ["nothing", undefined],
  ])("refuses %s and mails nothing", async (_, email) => {
    const refused = await ask(email);
    expect([refused.status, await refused.text()]).toEqual([400, expect.stringMatching(/EMAIL/)]);
    await sent();
    expect(mailing.server.mails).toEqual([]);
  });

  it("is not asked for by pages of others", async () => {
    const answer = await call("/request-sign-up", newAccount(), { origin: "https://evil.example" });
    expect(answer.status).toBe(403);
    await sent();
    expect(mailing.server.mails).toEqual([]);
  });
});
