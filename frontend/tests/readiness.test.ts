import { mkdtempSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import type { Code, Condition } from "@/lib/codes";
import { startDatabase, type TestDatabase } from "./database";
import { startGateway } from "./gateway";
import { HOST, Postgres } from "./postgres";

beforeEach(() => {
  vi.stubEnv("BETTER_AUTH_SECRET", "a-secret-of-more-than-thirty-two-characters");
  vi.stubEnv("BACKEND_URL", "http://127.0.0.1:1");
});

afterEach(async () => {
  const { getPool, getProbe } = await import("@/lib/database");
  await Promise.all([getPool().end(), getProbe().end()]);
  vi.unstubAllEnvs();
  vi.useRealTimers();
});

/** A frontend process with this address: modules keep what a process keeps. */
function start(env: { DATABASE_URL: string } | { DATABASE_URL_FILE: string }): void {
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
  vi.resetModules();
}

const READY = [200, "ok", "answers"];

/** What kubelet gets: the status, and what the body says of the database, as a code and in words. */
async function probe(): Promise<[number, Code, string]> {
  const { ready } = await import("@/gateway/health");
  const response = await ready();
  const { checks } = (await response.json()) as { checks: Record<string, Condition> };
  const { code, detail } = checks.database!;
  expect(checks.signing_keys!.code).toBe(code === "ok" ? "ok" : "unknown");
  return [response.status, code, detail];
}

/** Somebody signs in or renews a token. */
async function use(): Promise<void> {
  const { getPool } = await import("@/lib/database");
  await getPool().query("SELECT 1");
}

const later = (seconds: number) =>
  vi.useFakeTimers({ now: Date.now() + seconds * 1000, toFake: ["Date"] });

describe("readiness", () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await startDatabase();
  });
  afterAll(() => database.close());

  it("follows the tables", async () => {
    start({ DATABASE_URL: database.url });
    expect(await probe()).toEqual(READY);
    await database.db.query(`ALTER TABLE jwks RENAME TO hidden`);
    const [status, code, reason] = await probe();
    expect([status, code]).toEqual([503, "schema_missing"]);
    expect(reason).toContain("tables missing: jwks");
    await database.db.query(`ALTER TABLE hidden RENAME TO jwks`);
    expect(await probe()).toEqual(READY);
  });

  it("waits for the migrations of its version", async () => {
    start({ DATABASE_URL: database.url });
    await database.db.query(`ALTER TABLE "user" RENAME "timeZone" TO hidden`);
    expect((await probe()).slice(0, 2)).toEqual([503, "schema_outdated"]);
    await database.db.query(`ALTER TABLE "user" RENAME hidden TO "timeZone"`);
    expect(await probe()).toEqual(READY);
  });

  it("asks while the database is used, and lets it sleep after a minute without", async () => {
    start({ DATABASE_URL: database.url });
    expect(await probe()).toEqual(READY);
    const { getProbe } = await import("@/lib/database");
    const asked = vi.spyOn(getProbe(), "query");
    later(59);
    await probe();
    expect(asked).toHaveBeenCalledTimes(1);
    later(2);
    expect(await probe()).toEqual(READY);
    expect(asked).toHaveBeenCalledTimes(1);
    await use();
    await probe();
    expect(asked).toHaveBeenCalledTimes(2);
  });

  it("asks again at each probe after a bad answer, used or not", async () => {
    start({ DATABASE_URL: database.url });
    await database.db.query(`ALTER TABLE jwks RENAME TO hidden`);
    expect((await probe())[0]).toBe(503);
    later(3_600);
    expect((await probe())[0]).toBe(503);
    await database.db.query(`ALTER TABLE hidden RENAME TO jwks`);
    expect(await probe()).toEqual(READY);
  });
});

async function silentServer(): Promise<Server> {
  const server = createServer(() => undefined);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}

describe("the cause, as a code, in words and without the password", () => {
  const PASSWORD = "topsecret";

  it("an unknown host", async () => {
    start({ DATABASE_URL: `postgresql://app:${PASSWORD}@nowhere.invalid/todo` });
    const [status, code, reason] = await probe();
    expect([status, code]).toEqual([503, "database_host"]);
    expect(reason).toMatch(/unknown host nowhere\.invalid|nowhere\.invalid cannot be looked up/);
  });

  it("no server at a socket", async () => {
    start({ DATABASE_URL: `postgresql://app:${PASSWORD}@/todo?host=/nowhere` });
    expect(await probe()).toEqual([503, "database_unreachable", "/nowhere refuses connections"]);
  });

  it("no answer, before kubelet gives up", async () => {
    const server = await silentServer();
    const { port } = server.address() as AddressInfo;
    start({ DATABASE_URL: `postgresql://app:${PASSWORD}@127.0.0.1:${port}/todo` });
    await import("@/gateway/health");
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const asked = new Promise((resolve) => server.once("connection", resolve));
    const answers = Promise.all([probe(), probe()]);
    await asked;
    await vi.advanceTimersByTimeAsync(3_500); // kubelet waits for 4 s
    const both = await answers;
    const words = `no answer from 127.0.0.1:${port} within 3.5 s`;
    expect(both[0]).toEqual([503, "database_unreachable", words]);
    expect(both[1]).toEqual(both[0]);
    server.close();
  });

  it("an address that cannot be used", async () => {
    start({
      DATABASE_URL: `postgresql://app:${PASSWORD}@db/todo?sslmode=verify-full&sslrootcert=/nowhere`,
    });
    const [status, code, reason] = await probe();
    expect([status, code]).toEqual([503, "database_error"]);
    expect(reason).toContain("/nowhere");
    expect(reason).not.toContain(PASSWORD);
  });
});

describe("a PostgreSQL with passwords", () => {
  let postgres: Postgres;
  beforeAll(async () => {
    postgres = await Postgres.start();
  });
  afterAll(() => postgres.remove());

  it("a wrong password, none, and a database that is not there", async () => {
    const server = `${HOST}:${postgres.port}`;
    start({ DATABASE_URL: postgres.url("topsecret") });
    expect(await probe()).toEqual([503, "database_login", "wrong password for user app"]);
    await (await import("@/lib/database")).getProbe().end();

    start({ DATABASE_URL: postgres.url("").replace(":@", "@") });
    expect(await probe()).toEqual([
      503,
      "database_login",
      "the address has no password for user app",
    ]);
    await (await import("@/lib/database")).getProbe().end();

    start({ DATABASE_URL: postgres.url("first", "nothing") });
    expect(await probe()).toEqual([503, "database_missing", `${server} has no database nothing`]);
  });

  it("is asked again when somebody found it away", async () => {
    start({ DATABASE_URL: postgres.url("first") });
    expect(await probe()).toEqual(READY);
    later(61);
    await postgres.stop();
    expect(await probe()).toEqual(READY);
    await expect(use()).rejects.toThrow();
    expect((await probe()).slice(0, 2)).toEqual([503, "database_unreachable"]);
    vi.useRealTimers();
    await postgres.run();
  });

  it("is ready again by itself when it comes back", async () => {
    start({ DATABASE_URL: postgres.url("first") });
    expect(await probe()).toEqual(READY);
    await use();
    await postgres.stop();
    const [status, code] = await probe();
    expect(status).toBe(503);
    expect(["database_unreachable", "database_starting"]).toContain(code);
    await postgres.run();
    expect(await probe()).toEqual(READY);
  });

  it("says in words that accounts are unreachable, and serves them again when it is back", async () => {
    start({ DATABASE_URL: postgres.url("first") });
    const gateway = await startGateway();
    const headers = { host: "todo.example", origin: "http://todo.example" };
    const account = { name: "Ada", email: "ada@example.org", password: "a long enough password" };
    const post = (path: string) =>
      gateway.call(`/api/auth${path}`, {
        method: "POST",
        headers: { ...headers, "content-type": "application/json" },
        body: JSON.stringify(account),
      });
    const signedUp = await post("/sign-up/email");
    expect(signedUp.status).toBe(200);
    const cookie = signedUp.headers.getSetCookie()[0]!.split(";")[0]!;
    await postgres.stop();
    const list = gateway.call("/api/me/tasks", { headers: { ...headers, cookie } });
    for (const answer of [post("/sign-in/email"), post("/sign-up/email"), list]) {
      const response = await answer;
      expect(response.status).toBe(503);
      expect(response.headers.get("content-type")).toBe("application/problem+json");
      expect(await response.text()).toContain("Accounts are not reachable at the moment");
    }
    await postgres.run();
    expect((await post("/sign-in/email")).status).toBe(200);
    gateway.stop();
  });

  it("follows a password that changes in its file, without a restart", async () => {
    const file = join(mkdtempSync(join(tmpdir(), "secret-")), "DATABASE_URL");
    writeFileSync(file, postgres.url("first"));
    start({ DATABASE_URL_FILE: file });
    await use();
    await postgres.sql("ALTER ROLE app PASSWORD 'second'");
    // Connections that are open stay; what comes new needs the new password.
    await use();
    await postgres.stop();
    await postgres.run();
    await expect(use()).rejects.toThrow(/password authentication failed/);
    expect(await probe()).toEqual([503, "database_login", "wrong password for user app"]);
    writeFileSync(file, postgres.url("second"));
    expect(await probe()).toEqual(READY);
    await use();
    await postgres.sql("ALTER ROLE app PASSWORD 'first'");
  });
});
