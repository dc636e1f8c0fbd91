import crypto from "node:crypto";
import { execFileSync } from "node:child_process";
import { closeSync, constants, mkdtempSync, open, openSync, rmSync } from "node:fs";
import { stat } from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { startDatabase, type TestDatabase } from "./database";
import { call, newAccount, PASSWORD, signUp, start, stop, tokenOf } from "./sign-in";

const { scrypt } = crypto;
const hashes = { running: 0, most: 0, ended: 0, costs: new Set<unknown>(), of: [] as string[] };

/** A pipe whose reading end opens when somebody has the writing end open. */
const folder = mkdtempSync(join(tmpdir(), "hashes-"));
const gate = join(folder, "gate");
let opened: number | undefined;

/** From here on hashes take their thread, and no processor, until `release`. */
function hold(): void {
  if (opened !== undefined) closeSync(opened);
  opened = undefined;
}

function release(): void {
  opened ??= openSync(gate, constants.O_RDWR);
}

/** Counts each hash on its way through Node's own function, whoever asks for it, and lets it wait at the gate. */
function counted(...args: unknown[]): void {
  hashes.most = Math.max(hashes.most, ++hashes.running);
  const { N, r } = args[3] as { N: number; r: number };
  hashes.costs.add(N * r);
  const done = args.pop() as (...result: unknown[]) => void;
  const end = (...result: unknown[]) => {
    hashes.running--;
    hashes.ended++;
    hashes.of.push(String(args[0]));
    done(...result);
  };
  open(gate, "r", (_, file) => {
    closeSync(file);
    (scrypt as (...args: unknown[]) => void)(...args, end);
  });
}

let database: TestDatabase;

beforeAll(async () => {
  execFileSync("mkfifo", [gate]);
  crypto.scrypt = counted as typeof scrypt;
  syncBuiltinESMExports();
  database = await startDatabase();
});
afterAll(async () => {
  hold();
  rmSync(folder, { recursive: true });
  crypto.scrypt = scrypt;
  syncBuiltinESMExports();
  await database.close();
});
beforeEach(() => {
  start(database.url);
  release();
});
afterEach(() => {
  release();
  return stop();
});

let nobody = 0;

/** A sign-in of nobody, which costs a hash. */
const attack = () =>
  call("/sign-in/email", { email: `nobody-${nobody++}@example.org`, password: PASSWORD });

const attacks = (total: number) => Array.from({ length: total }, attack);

/** Waits until so many accounts' tries have been counted: those requests are in line, or next. */
async function counting(total: number): Promise<void> {
  const tries = `SELECT count(*)::int AS total FROM "rateLimit" WHERE key LIKE 'sign-in:%'`;
  const all = async () => (await database.db.query<{ total: number }>(tries)).rows[0]!.total;
  while ((await all()) < total) await new Promise(setImmediate);
}

describe("hashes of passwords", () => {
  beforeEach(() => database.db.query(`DELETE FROM "rateLimit"`));

  it("cost what makes guessing dear", async () => {
    hashes.costs.clear();
    const { account } = await signUp();
    expect((await call("/sign-in/email", account)).status).toBe(200);
    expect([...hashes.costs]).toEqual([16_384 * 16]);
  });

  it("are as many at once as there are cores at most, and the rest is told to come back", async () => {
    const { AT_ONCE, MAX_WAITING } = await import("@/lib/auth/hashing");
    Object.assign(hashes, { most: 0, ended: 0 });
    hold();
    const early: Response[] = [];
    const all = attacks(80).map(async (answer) => early.push(await answer));
    while (early.length < 80 - AT_ONCE - MAX_WAITING || hashes.running < AT_ONCE)
      await new Promise(setImmediate);
    for (const { status, headers } of early) {
      expect(status).toBe(429);
      expect(headers.get("retry-after")).toBe("2");
    }
    expect(hashes.running).toBe(AT_ONCE);
    const refused = early.length;
    release();
    await Promise.all(all);
    expect(early.slice(refused).map(({ status }) => status)).toEqual(
      Array<number>(AT_ONCE + MAX_WAITING).fill(401),
    );
    expect(hashes.ended).toBe(AT_ONCE + MAX_WAITING);
    expect(hashes.most).toBeLessThanOrEqual(availableParallelism());
    expect(hashes.most).toBeLessThan(4); // a thread is left
  });

  it("keep nobody else waiting: neither the loop nor the threads nor the database", async () => {
    const { cookie } = await signUp();
    const before = hashes.ended;
    hold();
    const under = attacks(30);
    await counting(30);
    for (let tries = 0; tries < 10; tries++) {
      await stat(import.meta.filename); // takes one of the threads
      await call("/get-session", undefined, { cookie }); // asks the database
      expect(await tokenOf(cookie)).not.toBeNull();
    }
    expect(hashes.ended).toBe(before); // in a queue behind the attack none of it would have come
    release();
    expect((await Promise.all(under)).filter(({ status }) => status >= 500)).toEqual([]);
  });

  it("are made first for browsers that have signed in before, however many others wait", async () => {
    const password = "a password of the owner's alone";
    const { account, response } = await signUp({ ...newAccount(), password });
    const cookies = response.headers.getSetCookie().map((cookie) => cookie.split(";")[0]);
    const { AT_ONCE, MAX_WAITING } = await import("@/lib/auth/hashing");
    const total = AT_ONCE + MAX_WAITING;
    const isKnown = vi.spyOn(await import("@/lib/auth/device-cookie"), "isKnownBrowser");
    /** Waits until so many browsers are known to be known or not: each goes to its line next. */
    const lining = async (browsers: number) => {
      const looked = () => isKnown.mock.settledResults.filter(({ type }) => type !== "incomplete");
      while (looked().length < browsers) await new Promise(setImmediate);
    };
    hashes.of = [];
    hold();
    const flood = attacks(total);
    await lining(total);
    const owner = call("/sign-in/email", account, { cookie: cookies.join("; ") });
    await lining(total + 1);
    expect((await attack()).status).toBe(429); // the others' line is full, and the owner in one
    release();
    expect((await owner).status).toBe(200);
    await Promise.all(flood);
    // At the end of the line it would have come after all of them; those under way when it came may end before it.
    expect(hashes.of).toHaveLength(total + 1);
    expect(hashes.of.indexOf(password)).toBeLessThanOrEqual(2 * AT_ONCE);
  });

  it("give their turn back however a request ends", async () => {
    const { account, cookie } = await signUp();
    const wrong = { currentPassword: "wrong password", newPassword: "another password" };
    for (let round = 0; round < 4; round++) {
      await call("/sign-up/email", account); // there is one
      await call("/sign-in/email", { email: "no address", password: PASSWORD });
      await call("/change-password", wrong, { cookie });
      await call("/change-password", {}, { cookie });
    }
    expect((await call("/sign-in/email", account)).status).toBe(200);
    await signUp(newAccount());
  });
});
