import { describe, expect, it } from "vitest";
import { chatUiFor } from "@/lib/chat-ui";
import { type ConfigError, parseConfig } from "@/lib/config";
import { poolConfig } from "@/lib/database";

const GOOD = {
  DATABASE_URL: "postgresql://user:hunter2@db.example/todo",
  BETTER_AUTH_SECRET: "a-secret-of-more-than-thirty-two-characters",
  BACKEND_URL: "http://backend:8000",
};

function problemsOf(env: Record<string, string | undefined>): string[] {
  try {
    parseConfig(env);
  } catch (error) {
    return (error as ConfigError).problems;
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
      chatUi: "auto",
      chatkitEnabled: false,
    });
    expect(config.podName).not.toBe("");
  });

  it("names every problem at once", () => {
    const problems = problemsOf({ CHAT_UI: "fancy", PUBLIC_URL: "todo.example" });
    expect(problems.map((line) => line.split(":")[0])).toEqual([
      "DATABASE_URL",
      "BETTER_AUTH_SECRET",
      "BACKEND_URL",
      "PUBLIC_URL",
      "CHAT_UI",
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
    ["BETTER_AUTH_SECRET", "topsecret"],
    ["BETTER_AUTH_SECRETS", "topsecret"],
    ["BETTER_AUTH_SECRETS", "1:topsecret"],
    ["BACKEND_URL", "ftp://topsecret"],
    ["PUBLIC_URL", "https://topsecret.example/path"],
    ["TRUSTED_ORIGINS", "https://good.example,topsecret"],
  ])("refuses a bad %s without repeating its value", (name, value) => {
    const problems = problemsOf({ ...GOOD, [name]: value });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(new RegExp(`^${name}: `));
    expect(problems[0]).not.toContain("topsecret");
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

describe("poolConfig", () => {
  it("takes an address as Neon prints it", () => {
    const config = poolConfig(
      "postgresql://user:pw@ep-x-pooler.neon.tech/todo?sslmode=require&channel_binding=require",
    );
    expect(config.connectionString).toBe(
      "postgresql://user:pw@ep-x-pooler.neon.tech/todo?sslmode=require&uselibpqcompat=true",
    );
    expect(config.enableChannelBinding).toBe(true);
  });

  it("takes a socket folder, and an address without parameters", () => {
    expect(poolConfig("postgresql://postgres@/todo?host=/run/pg").connectionString).toBe(
      "postgresql://postgres@/todo?host=%2Frun%2Fpg",
    );
    expect(poolConfig("postgres://u@h/db").connectionString).toBe("postgres://u@h/db");
    expect(poolConfig("postgres://u@h/db?sslmode=prefer").connectionString).toBe(
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
