import crypto from "node:crypto";
import { stat } from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";
import { availableParallelism } from "node:os";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startDatabase, type TestDatabase } from "./database";
import { call, newAccount, PASSWORD, signUp, start, stop, tokenOf } from "./sign-in";

const { scrypt } = crypto;
const hashes = { running: 0, most: 0, ended: 0 };

/** Counts each hash on its way through Node's own function, whoever asks for it. */
function counted(...args: unknown[]): void {
  hashes.most = Math.max(hashes.most, ++hashes.running);
  const done = args.pop() as (...result: unknown[]) => void;
  const end = (...result: unknown[]) => {
    hashes.running--;
    hashes.ended++;
    done(...result);
  };
  (scrypt as (...args: unknown[]) => void)(...args, end);
}

let database: TestDatabase;

beforeAll(async () => {
  crypto.scrypt = counted as typeof scrypt;
  syncBuiltinESMExports();
  database = await startDatabase();
});
afterAll(async () => {
  crypto.scrypt = scrypt;
  syncBuiltinESMExports();
  await database.close();
});
beforeEach(() => start(database.url));
afterEach(stop);

/** Sign-ins of nobody, each of which costs a hash; so many at once. */
async function attack(total: number, atOnce: number): Promise<Response[]> {
  const answers: Response[] = [];
  let sent = 0;
  const attacker = async () => {
    while (sent < total) {
      const email = `nobody-${sent++}@example.org`;
      answers.push(await call("/sign-in/email", { email, password: PASSWORD }));
    }
  };
  await Promise.all(Array.from({ length: atOnce }, attacker));
  return answers;
}

// Hashes are slow by design, and slower on busy machines.
describe("hashes of passwords", { timeout: 600_000 }, () => {
  it("are as many at once as there are cores at most, and the rest is told to come back", async () => {
    await signUp();
    Object.assign(hashes, { most: 0, ended: 0 });
    const { AT_ONCE, MAX_WAITING } = await import("@/lib/auth/hashing");
    const answers = await attack(100, 80);
    expect(hashes.most).toBeLessThanOrEqual(availableParallelism());
    expect(hashes.most).toBeLessThan(4); // a thread is left
    const refused = answers.filter(({ status }) => status === 429);
    expect(refused.length).toBeGreaterThanOrEqual(80 - AT_ONCE - MAX_WAITING);
    for (const { headers } of refused) expect(headers.get("retry-after")).toBe("2");
    expect(answers.filter(({ status }) => status === 401).length).toBe(hashes.ended);
    expect(hashes.ended + refused.length).toBe(100);
  });

  it("keep nobody else waiting: neither the loop nor the threads nor the database", async () => {
    const { cookie } = await signUp();
    const under = attack(100, 30);
    const overtaken: number[] = [];
    while (hashes.running === 0) await new Promise(setImmediate);
    for (let tries = 0; tries < 10; tries++) {
      const before = hashes.ended;
      await stat(import.meta.filename); // takes one of the threads
      await call("/get-session", undefined, { cookie }); // asks the database
      expect(await tokenOf(cookie)).not.toBeNull();
      overtaken.push(hashes.ended - before);
    }
    // In a queue behind the attack it would be 30 of them.
    expect(overtaken.sort((a, b) => a - b)[5]).toBeLessThan(10);
    expect((await under).filter(({ status }) => status >= 500)).toEqual([]);
  });

  it("are made first for browsers that have signed in before, however many others wait", async () => {
    const { account, response } = await signUp();
    const cookies = response.headers.getSetCookie().map((cookie) => cookie.split(";")[0]);
    const { AT_ONCE, MAX_WAITING } = await import("@/lib/auth/hashing");
    const { getPool } = await import("@/lib/database");
    const total = AT_ONCE + MAX_WAITING;
    const began = hashes.ended;
    const flood = attack(total, total);
    // Until all have been counted, and stand in line.
    while (hashes.running < AT_ONCE || getPool().waitingCount > 0) await new Promise(setImmediate);
    const answer = await call("/sign-in/email", account, { cookie: cookies.join("; ") });
    expect(answer.status).toBe(200);
    // At the end of the line it would have come after all of them.
    expect(hashes.ended - began).toBeLessThan(total - AT_ONCE);
    await flood;
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
