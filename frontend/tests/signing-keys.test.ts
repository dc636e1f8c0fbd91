import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import type { Condition } from "@/lib/codes";
import { startDatabase, type TestDatabase } from "./database";
import { startGateway } from "./gateway";

const FORMER = "f".repeat(40);
const OTHER = "o".repeat(40);
const HOST = "todo.example";
const ACCOUNT = { name: "Ada", email: "ada@example.org", password: "a long enough password" };

const READY = [200, "readable"];
const MADE_WITH_ANOTHER =
  "the signing keys in the database were made with another BETTER_AUTH_SECRET: put the former one back";

interface Record {
  level: string;
  message: string;
  request_id?: string;
  error?: string;
  reason?: string;
}

describe("a secret and the keys in the database", () => {
  let database: TestDatabase;
  let logged: Record[];
  beforeAll(async () => {
    database = await startDatabase();
  });
  afterAll(() => database.close());

  beforeEach(async () => {
    await database.db.query(`DELETE FROM "user"; DELETE FROM jwks`);
    logged = [];
    vi.spyOn(process.stdout, "write").mockImplementation((text) => {
      for (const line of String(text).split("\n").filter(Boolean))
        logged.push(JSON.parse(line) as Record);
      return true;
    });
  });
  afterEach(async () => {
    await end();
    vi.unstubAllEnvs();
    vi.restoreAllMocks();
  });

  /** A frontend process with these secrets: modules keep what a process keeps. */
  async function start(secret: string, secrets = ""): Promise<void> {
    await end();
    logged = [];
    vi.stubEnv("DATABASE_URL", database.url);
    vi.stubEnv("BACKEND_URL", "http://127.0.0.1:1");
    vi.stubEnv("BETTER_AUTH_SECRET", secret);
    vi.stubEnv("BETTER_AUTH_SECRETS", secrets);
    vi.resetModules();
  }

  async function end(): Promise<void> {
    if (!process.env.DATABASE_URL) return;
    await written();
    const { getPool, getProbe } = await import("@/lib/database");
    await Promise.all([getPool().end(), getProbe().end()]);
  }

  /** All that the process has logged. */
  async function written(): Promise<Record[]> {
    const { flushLog } = await import("@/lib/log");
    flushLog();
    return logged;
  }

  async function probe(): Promise<[number, string]> {
    const { ready } = await import("@/gateway/health");
    const response = await ready();
    const { checks } = (await response.json()) as { checks: { signing_keys: Condition } };
    const { code, detail } = checks.signing_keys;
    expect(code).toBe(response.status === 200 ? "ok" : "signing_keys_unreadable");
    return [response.status, detail];
  }

  async function account(path: string, body?: object, cookie = ""): Promise<Response> {
    const { accounts } = await import("@/gateway/accounts");
    const headers = {
      host: HOST,
      origin: `http://${HOST}`,
      "content-type": "application/json",
      "x-request-id": "asked-1",
      cookie,
    };
    const init = { method: body ? "POST" : "GET", headers, body: body && JSON.stringify(body) };
    return accounts(new Request(`http://${HOST}/api/auth${path}`, init));
  }

  async function signUp(email = ACCOUNT.email): Promise<string> {
    const response = await account("/sign-up/email", { ...ACCOUNT, email });
    expect(response.status).toBe(200);
    return response.headers.getSetCookie()[0]!.split(";")[0]!;
  }

  /** What a page gets for its tasks; 502 when it got as far as the backend, which is not there. */
  async function tasks(cookie: string): Promise<Response> {
    const gateway = await startGateway();
    const headers = { host: HOST, cookie, "x-request-id": "asked-2" };
    const answer = await gateway.call("/api/me/tasks", { headers });
    gateway.stopWhenIdle();
    return answer;
  }

  /** A database whose signing key this secret encrypted, and the cookie of who signed in first. */
  async function keysOf(secret: string, secrets = ""): Promise<string> {
    await start(secret, secrets);
    const cookie = await signUp("first@example.org");
    expect((await account("/token", undefined, cookie)).status).toBe(200);
    expect((await database.db.query("SELECT id FROM jwks")).rows).toHaveLength(1);
    return cookie;
  }

  it("a fresh database is ready, and looked at once", async () => {
    await start(FORMER);
    expect(await probe()).toEqual(READY);
    const { getProbe } = await import("@/lib/database");
    const asked = vi.spyOn(getProbe(), "query");
    expect(await probe()).toEqual(READY);
    expect(asked).toHaveBeenCalledTimes(1); // the tables
  });

  it("the same secret, and the former one beside a new one, are ready", async () => {
    const cookie = await keysOf(FORMER);
    await start(FORMER);
    expect(await probe()).toEqual(READY);
    expect((await tasks(cookie)).status).toBe(502);
    await start(FORMER, `2:${OTHER},1:${FORMER}`);
    expect(await probe()).toEqual(READY);
  });

  it("a key that signs no more is published until its last token has run out, and no longer", async () => {
    await keysOf(FORMER);
    const published = async () => {
      const { keys } = (await (await account("/jwks")).json()) as { keys: unknown[] };
      return keys.length;
    };
    const endedAgo = (minutes: number) =>
      database.db.query(`UPDATE jwks SET "expiresAt" = now() - interval '${minutes} minutes'`);
    await endedAgo(16);
    expect(await published()).toBe(1);
    await endedAgo(31);
    expect(await published()).toBe(0);
  });

  it("another secret is not, and says what to do", async () => {
    await keysOf(FORMER);
    await start(OTHER);
    const [status, reason] = await probe();
    expect(status).toBe(503);
    expect(reason).toContain(MADE_WITH_ANOTHER);
    expect(reason).toContain("2:new,1:old");
    expect(reason).not.toContain(OTHER);
    await probe();
    expect((await written()).filter(({ message }) => message === "not ready")).toEqual([
      expect.objectContaining({ level: "error", reason }),
    ]);
    // The secret that wrote no envelope is BETTER_AUTH_SECRET, so the new one must not stand there.
    await start(OTHER, `2:${OTHER},1:${FORMER}`);
    expect((await probe())[0]).toBe(503);
  });

  it("a secret that is missing from BETTER_AUTH_SECRETS is named by its version", async () => {
    await keysOf(FORMER, `2:${OTHER},1:${FORMER}`);
    await start(FORMER);
    const [status, reason] = await probe();
    expect(status).toBe(503);
    expect(reason).toContain("need version 2 of BETTER_AUTH_SECRETS");
    await start(FORMER, `2:${"x".repeat(40)},1:${FORMER}`);
    expect((await probe())[1]).toContain("another secret of version 2");
  });

  it("is ready again by itself once no unreadable key would sign", async () => {
    await keysOf(FORMER);
    await start(OTHER);
    expect((await probe())[0]).toBe(503);
    await database.db.query(`UPDATE jwks SET "expiresAt" = now() - interval '1 second'`);
    expect(await probe()).toEqual(READY);
  });

  it("requests get the truth, with the cause in the log under their id", async () => {
    await keysOf(FORMER);
    await start(OTHER);
    const cookie = await signUp();
    const answers = {
      "asked-2": await tasks(cookie),
      "asked-1": await account("/token", undefined, cookie),
    };
    for (const [id, response] of Object.entries(answers)) {
      expect(response.status).toBe(503);
      expect(response.headers.get("content-type")).toBe("application/problem+json");
      const { detail, request_id } = (await response.json()) as {
        detail: string;
        request_id: string;
      };
      expect(detail).toContain("Sign-in keys cannot be read");
      expect(detail).toContain("An operator has to");
      expect(detail).not.toContain("Try again");
      expect(request_id).toBe(id);
      const [cause] = (await written()).filter((record) => record.request_id === id);
      expect(cause).toMatchObject({ level: "error" });
      expect(cause!.error).toContain(MADE_WITH_ANOTHER);
    }
  });

  it("a process that was ready looks again when it cannot make a token", async () => {
    await start(OTHER);
    expect(await probe()).toEqual(READY);
    const cookie = await signUp();
    // Another frontend, with another secret, has made the first key in the meantime.
    await database.db.query(
      `INSERT INTO jwks (id, "publicKey", "privateKey", "createdAt") VALUES ('k', '{}', '"00ff"', now())`,
    );
    expect(await probe()).toEqual(READY);
    expect((await tasks(cookie)).status).toBe(503);
    expect((await probe())[1]).toContain(MADE_WITH_ANOTHER);
  });
});
