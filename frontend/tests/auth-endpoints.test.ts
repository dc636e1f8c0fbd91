import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startDatabase, type TestDatabase } from "./database";
import { call, cookieOf, newAccount, PASSWORD, signUp, start, stop, tokenOf } from "./sign-in";

let database: TestDatabase;

beforeAll(async () => {
  database = await startDatabase();
});
afterAll(() => database.close());
beforeEach(() => start(database.url));
afterEach(stop);

/** Every method and path that Better Auth's router answers, of the instance that serves people. */
async function exposed(): Promise<string[]> {
  const { getAuth } = await import("@/lib/auth/server");
  const { api } = getAuth(new Headers({ host: "localhost" }))!;
  const endpoints = Object.values(api) as {
    path?: string;
    options: { method: string | string[]; metadata?: { SERVER_ONLY?: boolean } };
  }[];
  return endpoints
    .filter(({ path, options }) => path && !options.metadata?.SERVER_ONLY)
    .flatMap(({ path, options }) => [options.method].flat().map((method) => `${method} ${path}`));
}

/** The endpoints that are served in a way, as arguments of `call`. */
async function served(as: string): Promise<[string, object | undefined][]> {
  const { ENDPOINTS } = await import("@/lib/auth/endpoints");
  return Object.entries(ENDPOINTS)
    .filter(([, serving]) => serving === as)
    .map(([endpoint]) => endpoint.split(" ") as [string, string])
    .map(([method, path]) => [path.replace(/:\w+/, "x"), method === "POST" ? {} : undefined]);
}

describe("the endpoints of Better Auth", () => {
  it("are all decided on: a new one has to be", async () => {
    const { ENDPOINTS } = await import("@/lib/auth/endpoints");
    expect(Object.keys(ENDPOINTS).sort()).toEqual((await exposed()).sort());
  });

  it("do not exist where nothing needs them, with a session or without", async () => {
    const { cookie } = await signUp();
    for (const [path, body] of [...(await served("off")), ...(await served("mailed"))]) {
      for (const headers of [{}, { cookie }] as Record<string, string>[]) {
        const answer = await call(path, body, headers);
        expect(answer.status, path).toBe(404);
        expect(answer.headers.get("content-type"), path).toBe("application/problem+json");
      }
    }
  });

  it("are off however else their paths are written", async () => {
    const { cookie } = await signUp();
    for (const path of ["/verify-password/", "//verify-password", "/verify%2Dpassword", "/x/../ok"])
      expect((await call(path, { password: PASSWORD }, { cookie })).status, path).toBe(404);
  });

  it("need a live session where they are said to", async () => {
    for (const [path, body] of await served("session")) {
      const sound = body && { token: "x", name: "Ada" };
      expect((await call(path, sound)).status, path).toBe(401);
    }
  });

  it("count wrong passwords wherever one is checked", async () => {
    const wrong: Record<string, object> = {
      "/change-password": { currentPassword: "wrong password", newPassword: "another password" },
      "/delete-user": { password: "wrong password" },
    };
    const open = ["/sign-in/email", "/sign-up/email", "/reset-password"];
    const paths = (await served("guarded")).map(([path]) => path);
    expect(paths.sort()).toEqual([...Object.keys(wrong), ...open].sort());
    for (const [path, body] of Object.entries(wrong)) {
      const { cookie } = await signUp();
      for (let tries = 0; tries < 10; tries++)
        expect((await call(path, body, { cookie })).status, path).toBe(400);
      const refused = await call(path, body, { cookie });
      expect(refused.status, path).toBe(429);
      expect(Number(refused.headers.get("retry-after")), path).toBeGreaterThan(60);
    }
  });

  it("bound how many accounts are made, whatever the pod, and say when there may be more", async () => {
    await signUp();
    await database.db.query(`UPDATE "rateLimit" SET count = 600 WHERE key = 'sign-up'`);
    start(database.url); // another pod
    const refused = await call("/sign-up/email", newAccount());
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(60);
    await database.db.query(`DELETE FROM "rateLimit"`);
    await signUp();
  });
});

describe("what is kept of an account", () => {
  const refusals: [string, object][] = [
    ["a name of 20 MB", { name: "n".repeat(20_000_000) }],
    ["a name of 101 characters", { name: "é".repeat(101) }],
    ["a name of few characters and many marks", { name: `Z${"\u0301".repeat(2000)}` }],
    ["no name", { name: undefined }],
    ["an empty name", { name: "" }],
    ["a name of spaces", { name: " \t\u00a0\u3000" }],
    ["a name that shows nothing", { name: "\u200b\u2800\u3164\u00ad" }],
    ["a name of marks alone", { name: "\u0301\u20e3" }],
    ["a name of joiners and what selects variants", { name: "\u200d\u200c\ufe0f\u{e0100}" }],
    ["a name of directions", { name: "\u202e\u2066\u200f\u2060\ufeff" }],
    ["a name with a NUL", { name: "A\0da" }],
    ["a name with half a surrogate pair", { name: "A\ud800" }],
    ["a name that is no text", { name: { first: "Ada" } }],
    ["an email of 100,000 characters", { email: `${"a".repeat(100_000)}@example.org` }],
    ["an email of 255 characters", { email: `${"a".repeat(243)}@example.org` }],
    ["a password of 1 MB", { password: "p".repeat(1_000_000) }],
    ["an image of 1 MB", { image: `https://example.org/${"i".repeat(1_000_000)}` }],
    ["another field of 1 MB", { extra: ["x".repeat(1_000_000)] }],
  ];

  it.each(refusals)("is not %s", async (_, change) => {
    const refused = await call("/sign-up/email", { ...newAccount(), ...change });
    expect(refused.status).toBe(400);
    const { message } = (await refused.json()) as { message: string };
    expect(message.length).toBeGreaterThan(0);
    expect(message.length).toBeLessThan(200);
  });

  it.each(refusals.slice(0, 13).filter(([what]) => what !== "no name"))(
    "does not become %s",
    async (_, change) => {
      const { cookie } = await signUp();
      expect((await call("/update-user", change, { cookie })).status).toBe(400);
    },
  );

  it("is any name that can be shown", async () => {
    const names = ["Ada", "李小龍", "محمد", "O'Neill-Łódź", "n".repeat(100), "👨‍👩‍👧‍👦".repeat(40)];
    for (const name of names) {
      const { cookie } = await signUp({ ...newAccount(), name });
      expect(await tokenOf(cookie), name).not.toBeNull();
    }
  });

  it("is a token short enough for every request, whatever is stored", async () => {
    const email = `${"a".repeat(60)}@${"b".repeat(60)}.${"c".repeat(60)}.org`;
    const account = { ...newAccount(), name: "👨‍👩‍👧‍👦".repeat(40), email };
    const { cookie } = await signUp(account);
    expect((await tokenOf(cookie))!.length).toBeLessThan(4096);
  });

  it("is the time zone of its browser, or another one of the list, or none", async () => {
    const { cookie } = await signUp({ ...newAccount(), timeZone: "Asia/Karachi" } as never);
    const kept = async () => {
      const answer = await call("/get-session", undefined, { cookie });
      return ((await answer.json()) as { user: { timeZone: string | null } }).user.timeZone;
    };
    expect(await kept()).toBe("Asia/Karachi");
    for (const zone of ["Europe/Berlin", "UTC", null]) {
      expect((await call("/update-user", { timeZone: zone }, { cookie })).status).toBe(200);
      expect(await kept()).toBe(zone);
    }
    for (const none of ["", "Atlantis/Centre", "+05:00", "x".repeat(3000), 5, ["UTC"], {}])
      for (const ask of [
        () => call("/update-user", { timeZone: none }, { cookie }),
        () => call("/sign-up/email", { ...newAccount(), timeZone: none }),
      ])
        expect((await ask()).status, String(none)).toBe(400);
    expect(await kept()).toBeNull();
  });

  it("is shown with its sessions, however long ago one signed in", async () => {
    const { account, cookie } = await signUp();
    await call("/sign-in/email", account);
    await database.db.query(`UPDATE session SET "createdAt" = now() - interval '6 days'`);
    const answer = await call("/list-sessions", undefined, { cookie });
    expect(answer.status).toBe(200);
    expect(await answer.json()).toHaveLength(2);
  });

  it("is little of what a browser says of itself", async () => {
    const answer = await call("/sign-up/email", newAccount(), { "user-agent": "u".repeat(16_000) });
    const cookie = cookieOf(answer);
    const sessions = (await (await call("/list-sessions", undefined, { cookie })).json()) as {
      userAgent: string;
    }[];
    expect(sessions.map(({ userAgent }) => userAgent.length)).toEqual([400]);
  });
});

describe("a new password", () => {
  const change = async (newPassword: string) => {
    const { cookie } = await signUp();
    return call("/change-password", { currentPassword: PASSWORD, newPassword }, { cookie });
  };

  it.each([
    ["of 7 characters", "abcdefg"],
    ["of 7 Chinese characters", "春眠不觉晓处处"],
    ["of 4 characters that are 8 in UTF-16", "🦊🐢🦉🐝"],
    ["of one character in many parts", "👨‍👩‍👧‍👦"],
    [
      "of 7 characters with accents of their own",
      "e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301",
    ],
    ["that is blank", "          "],
    ["of what nobody sees", "\u200b\u200c\u200d\u2060\u3164\u2800\u00a0\u3000"],
    ["that is common", "password1"],
    ["that is common in capitals", "ILoveYou"],
    ["that is common in full width", "ｑｗｅｒｔｙｕｉｏｐ"],
    ["that is common with a space after it", "12345678 "],
    ["of 5,000 bytes", "p".repeat(5000)],
  ])("is none %s", async (_, password) => {
    for (const ask of [
      () => call("/sign-up/email", { ...newAccount(), password }),
      () => change(password),
    ]) {
      const refused = await ask();
      expect(refused.status).toBe(400);
      expect(((await refused.json()) as { message: string }).message.length).toBeGreaterThan(0);
    }
  });

  it.each([
    ["of 8 Chinese characters", "春眠不觉晓处处闻"],
    ["of Arabic", "كلمة سر طويلة"],
    ["of 8 emoji", "🦊🐢🦉🐝🦊🐢🦉🐝"],
    ["of a sentence with spaces", "  the quick brown fox  "],
    ["of 4,000 characters", "x7".repeat(2000)],
    ["with a NUL in it", "a\0bcdefghij"],
  ])("can be one %s", async (_, password) => {
    const { account } = await signUp({ ...newAccount(), password });
    expect((await call("/sign-in/email", account)).status).toBe(200);
    const wrong = { ...account, password: `${password.slice(0, -1)}?` };
    expect((await call("/sign-in/email", wrong)).status).toBe(401);
    expect((await change(password)).status).toBe(200);
  });

  it("is none of the 10,000 most common, and may be what is less so", async () => {
    const { isCommon } = await import("@/lib/auth/common-passwords");
    const { dictionary } = await import("@zxcvbn-ts/language-common");
    const known = dictionary["passwords-common"];
    expect(known.slice(0, 10_000).filter((password) => !isCommon(password))).toEqual([]);
    expect(isCommon(known[10_000]!)).toBe(false);
  });

  it("is not asked of people who have an older one", async () => {
    const { account } = await signUp();
    await database.db.query(
      `UPDATE account SET password = $1 WHERE "userId" = (SELECT id FROM "user" WHERE email = $2)`,
      [await (await import("better-auth/crypto")).hashPassword("12345678"), account.email],
    );
    const old = { email: account.email, password: "12345678" };
    expect((await call("/sign-in/email", old)).status).toBe(200);
  });
});
