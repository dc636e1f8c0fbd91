import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { chatUiFor } from "@/lib/chat-ui";
import { connectionConfig } from "@/lib/database";
import { type ConfigError, parseConfig } from "@/lib/settings.mjs";

const GOOD = {
  DATABASE_URL: "postgresql://user:hunter2@db.example/todo",
  BETTER_AUTH_SECRET: "a-secret-of-more-than-thirty-two-characters",
  BACKEND_URL: "http://backend:8000",
};

const MAIL = {
  SMTP_URL: "smtp://user:hunter2@mail.example",
  MAIL_FROM: "Todo Stack <todo@example.org>",
  PUBLIC_URL: "https://todo.example",
};

function problemsOf(env: Record<string, string | undefined>): string[] {
  try {
    parseConfig(env);
  } catch (error) {
    return (error as ConfigError).problems.map(({ setting, detail }) => {
      expect(detail.startsWith(`${setting}: `)).toBe(true);
      return detail;
    });
  }
  return [];
}

describe("parseConfig", () => {
  it("fills in what has a default", () => {
    const config = parseConfig(GOOD);
    expect(config).toMatchObject({
      publicOrigin: null,
      trustedOrigins: [],
      authSecrets: [],
      signUp: "open",
      chatUi: "auto",
      chatkitEnabled: false,
    });
    expect(config.podName).not.toBe("");
  });

  it("names every problem at once", () => {
    const problems = problemsOf({
      CHAT_UI: "fancy",
      PUBLIC_URL: "todo.example",
      SIGN_UP: "maybe",
    });
    expect(problems.map((line) => line.split(":")[0])).toEqual([
      "DATABASE_URL",
      "BETTER_AUTH_SECRET",
      "BACKEND_URL",
      "PUBLIC_URL",
      "SIGN_UP",
      "CHAT_UI",
    ]);
  });

  it("gives each problem a code", () => {
    const codesOf = (env: Record<string, string | undefined>) => {
      try {
        parseConfig({ ...GOOD, ...env });
      } catch (error) {
        return (error as ConfigError).problems.map(({ code }) => code);
      }
      return [];
    };
    expect(codesOf({ DATABASE_URL: "" })).toEqual(["setting_missing"]);
    expect(codesOf({ DATABASE_URL: "", DATABASE_URL_FILE: "/nowhere" })).toEqual([
      "setting_missing",
    ]);
    expect(codesOf({ DATABASE_URL_FILE: "/nowhere" })).toEqual(["setting_conflict"]);
    expect(codesOf({ BETTER_AUTH_SECRET: "short" })).toEqual(["setting_too_short"]);
    expect(codesOf({ BETTER_AUTH_SECRETS: "1:short" })).toEqual(["setting_too_short"]);
    expect(codesOf({ BETTER_AUTH_SECRETS: "short" })).toEqual(["setting_invalid"]);
    expect(codesOf({ BACKEND_URL: "", CHAT_UI: "x" })).toEqual([
      "setting_missing",
      "setting_invalid",
    ]);
  });

  it("counts an empty string as unset", () => {
    expect(problemsOf({ ...GOOD, BACKEND_URL: " " })[0]).toMatch(/^BACKEND_URL: is not set/);
    expect(
      parseConfig({ ...GOOD, PUBLIC_URL: "", BETTER_AUTH_SECRETS: "" }).publicOrigin,
    ).toBeNull();
  });

  it.each([
    ["DATABASE_URL", "mysql://topsecret@db"],
    ["DATABASE_URL", "postgresql://user:top/secret@[db"],
    ["BETTER_AUTH_SECRET", "topsecret"],
    ["BETTER_AUTH_SECRETS", "topsecret"],
    ["BETTER_AUTH_SECRETS", "1:topsecret"],
    ["BACKEND_URL", "ftp://topsecret"],
    ["BACKEND_URL", "http://gateway/topsecret"],
    ["PUBLIC_URL", "https://topsecret.example/path"],
    ["TRUSTED_ORIGINS", "https://good.example,topsecret"],
    ...[
      "mail.example",
      "http://topsecret:587",
      "smtp://",
      "smtp://topsecret@mail.example",
      "smtp://user:top/secret@mail.example",
      "smtp://user@home:topsecret@mail.example",
      "smtp://user:topsecret%@mail.example",
      "smtp://topsecret.example:0",
      "smtp://topsecret.example:70000",
      "smtp://topsecret.example/path",
      "smtp://mail.example?pass=topsecret",
    ].map((value) => ["SMTP_URL", value]),
    ...[
      "topsecret",
      "Topsecret <topsecret>",
      "<a@topsecret>, <b@topsecret>",
      "topsecret, b@b.example",
      "Top\\secret <a@a.example>",
      "Top\nsecret <a@a.example>",
      "Todo <a@a.example",
    ].map((value) => ["MAIL_FROM", value]),
    ["CHATKIT_ENABLED", "topsecret"],
    ["ASSISTANT_TIMEOUT_SECONDS", "topsecret"],
  ] as [string, string][])("refuses a bad %s without repeating its value", (name, value) => {
    const mail = /MAIL|SMTP/.test(name) ? MAIL : {};
    const problems = problemsOf({ ...GOOD, ...mail, [name]: value });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(new RegExp(`^${name}: `));
    expect(problems[0]).not.toContain("topsecret");
  });

  it.each([
    ["smtp://mail.example", { host: "mail.example", port: 587, secure: false, login: null }],
    ["smtp://mail_relay:25/", { host: "mail_relay", port: 25, secure: false, login: null }],
    ["SMTPS://mail.example", { host: "mail.example", port: 465, secure: true, login: null }],
    ["smtp://[::1]:1025", { host: "::1", port: 1025, secure: false, login: null }],
    [
      "smtps://todo%40example.org:p%2Fw:%40x@mail.example:2465",
      {
        host: "mail.example",
        port: 2465,
        secure: true,
        login: { user: "todo@example.org", password: "p/w:@x" },
      },
    ],
  ])("reads the mail server %s", (SMTP_URL, server) => {
    expect(parseConfig({ ...GOOD, ...MAIL, SMTP_URL }).mail).toMatchObject(server);
  });

  it.each([
    ["todo@example.org", { name: "", address: "todo@example.org" }],
    ["<todo@example.org>", { name: "", address: "todo@example.org" }],
    ["Todo Stack <todo@example.org>", { name: "Todo Stack", address: "todo@example.org" }],
    ['"Lists, of Ada" <todo@mail>', { name: "Lists, of Ada", address: "todo@mail" }],
    ["Zu erledigen für Jörg <todo@a.b>", { name: "Zu erledigen für Jörg", address: "todo@a.b" }],
  ])("reads who mails are from: %s", (MAIL_FROM, from) => {
    expect(parseConfig({ ...GOOD, ...MAIL, MAIL_FROM }).mail?.from).toEqual(from);
  });

  it("sends mails with all that they need, or none", () => {
    const { SMTP_URL, MAIL_FROM, PUBLIC_URL } = MAIL;
    expect(parseConfig({ ...GOOD, PUBLIC_URL }).mail).toBeNull();
    expect(parseConfig({ ...GOOD, ...MAIL }).mail).not.toBeNull();
    const lacking = (env: object) =>
      problemsOf({ ...GOOD, ...env }).map((line) => line.slice(0, 21));
    expect(lacking({ SMTP_URL, PUBLIC_URL })).toEqual(["MAIL_FROM: is not set"]);
    expect(lacking({ MAIL_FROM, PUBLIC_URL })).toEqual(["SMTP_URL: is not set,"]);
    expect(lacking({ SMTP_URL, MAIL_FROM })).toEqual(["PUBLIC_URL: is not se"]);
    expect(lacking({ MAIL_FROM })).toHaveLength(2);
  });

  it.each([
    [{}, "open"],
    [MAIL, "confirmed"],
    [{ ...MAIL, SIGN_UP: "open" }, "open"],
    [{ ...MAIL, SIGN_UP: "confirmed" }, "confirmed"],
    [{ ...MAIL, SIGN_UP: "closed" }, "closed"],
    [{ SIGN_UP: "closed" }, "closed"],
  ])(
    "has sign-up confirmed by a mail where mails are sent and nothing else is said: %j",
    (env, signUp) => {
      expect(parseConfig({ ...GOOD, ...env }).signUp).toBe(signUp);
    },
  );

  it("has no sign-up confirmed by mails that are not sent", () => {
    const problem = expect.stringMatching(/^SMTP_URL: is not set, and SIGN_UP=confirmed needs it/);
    expect(problemsOf({ ...GOOD, SIGN_UP: "confirmed" })).toEqual([problem]);
  });

  it("takes the database's address from a file, as it is whenever it is asked for", () => {
    const file = join(mkdtempSync(join(tmpdir(), "config-")), "DATABASE_URL");
    const { DATABASE_URL, ...others } = GOOD;
    const env = { ...others, DATABASE_URL_FILE: file };
    const problem = /^DATABASE_URL: the file that DATABASE_URL_FILE names /;
    expect(problemsOf(env)).toEqual([expect.stringMatching(problem)]);
    expect(problemsOf({ DATABASE_URL_FILE: file })).toHaveLength(3);
    writeFileSync(file, "\n");
    expect(problemsOf(env)).toEqual([expect.stringMatching(problem)]);
    writeFileSync(file, `${DATABASE_URL}\n`);
    expect(problemsOf({ ...env, DATABASE_URL })).toEqual([expect.stringMatching(/keep one/)]);

    const { databaseUrl } = parseConfig(env);
    expect(databaseUrl()).toBe(DATABASE_URL);
    writeFileSync(file, "postgresql://user:changed@db.example/todo");
    expect(databaseUrl()).toBe("postgresql://user:changed@db.example/todo");
    for (const broken of ["", "postgresql", "postgresql://user:changed@[db"]) {
      writeFileSync(file, broken);
      expect(databaseUrl()).toBe("postgresql://user:changed@db.example/todo");
    }
    rmSync(file);
    expect(databaseUrl()).toBe("postgresql://user:changed@db.example/todo");
  });

  it("reads versioned secrets in order", () => {
    const [old, recent] = ["o".repeat(32), "n".repeat(32)];
    const { authSecrets } = parseConfig({ ...GOOD, BETTER_AUTH_SECRETS: `2:${recent}, 1:${old}` });
    expect(authSecrets).toEqual([
      { version: 2, value: recent },
      { version: 1, value: old },
    ]);
    expect(problemsOf({ ...GOOD, BETTER_AUTH_SECRETS: `1:${recent},1:${old}` })).toHaveLength(1);
  });

  it("keeps origins only", () => {
    const config = parseConfig({
      ...GOOD,
      PUBLIC_URL: "https://todo.example/",
      TRUSTED_ORIGINS: "https://a.example, http://b.example:8080",
    });
    expect(config.publicOrigin).toBe("https://todo.example");
    expect(config.trustedOrigins).toEqual(["https://a.example", "http://b.example:8080"]);
  });
});

describe("connectionConfig", () => {
  it("takes an address as Neon prints it", () => {
    const config = connectionConfig(
      "postgresql://user:pw@ep-x-pooler.neon.tech/todo?sslmode=require&channel_binding=require",
    );
    expect(config.connectionString).toBe(
      "postgresql://user:pw@ep-x-pooler.neon.tech/todo?sslmode=require&uselibpqcompat=true",
    );
    expect(config.enableChannelBinding).toBe(true);
  });

  it("takes a socket folder, and an address without parameters", () => {
    expect(connectionConfig("postgresql://postgres@/todo?host=/run/pg").connectionString).toBe(
      "postgresql://postgres@/todo?host=%2Frun%2Fpg",
    );
    expect(connectionConfig("postgres://u@h/db").connectionString).toBe("postgres://u@h/db");
    expect(connectionConfig("postgres://u@h/db?sslmode=prefer").connectionString).toBe(
      "postgres://u@h/db",
    );
  });
});

describe("chatUiFor", () => {
  const settings = (env: object, host: string) =>
    chatUiFor(parseConfig({ ...GOOD, ...env }), host).chatkit;

  it("loads OpenAI's script only where it was asked for", () => {
    expect(settings({}, "localhost:30080")).toBeNull();
    expect(settings({ CHATKIT_ENABLED: "true" }, "localhost:30080")).not.toBeNull();
    expect(settings({ CHATKIT_ENABLED: "true" }, "192.168.49.2:30080")).toBeNull();
    expect(settings({ CHATKIT_DOMAIN_KEY: "k" }, "todo.example")).toEqual({ domainKey: "k" });
    expect(settings({ CHATKIT_DOMAIN_KEY: "k", CHAT_UI: "builtin" }, "todo.example")).toBeNull();
    expect(settings({ CHAT_UI: "chatkit" }, "todo.example")).not.toBeNull();
  });
});
