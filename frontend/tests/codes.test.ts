import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CODES, type Code, type Condition } from "@/lib/codes";
import { causeOf } from "@/lib/readiness";
import { writeTerminationMessage } from "@/lib/termination";

const ROOT = join(import.meta.dirname, "..");

it("the codes are those of the contract, as the backend's are", () => {
  const contract = readFileSync(join(ROOT, "../contracts/codes.json"), "utf8");
  expect([...CODES]).toEqual(Object.keys(JSON.parse(contract) as object));
});

describe("what is wrong with a database", () => {
  const target = { host: "db.example", port: 5433, user: "ada", database: "todo" };
  const CAUSES: [code: string, message: string, expected: Code][] = [
    ["28P01", "password authentication failed", "database_login"],
    ["28000", 'role "ada" does not exist', "database_login"],
    ["28000", "no pg_hba.conf entry for host, no encryption", "database_tls"],
    ["", "SASL: client password must be a string", "database_login"],
    ["3D000", 'database "todo" does not exist', "database_missing"],
    ["42501", "permission denied", "database_rights"],
    ["53300", "sorry, too many clients already", "database_full"],
    ["53100", "could not extend file: No space left on device", "database_disk_full"],
    ["25006", "cannot execute INSERT in a read-only transaction", "database_read_only"],
    ["57P01", "terminating connection", "database_starting"],
    ["57P03", "the database system is starting up", "database_starting"],
    ["ENOTFOUND", "getaddrinfo ENOTFOUND db.example", "database_host"],
    ["EAI_AGAIN", "getaddrinfo EAI_AGAIN db.example", "database_host"],
    ["ECONNREFUSED", "connect ECONNREFUSED", "database_unreachable"],
    ["ENOENT", "connect ENOENT /nowhere", "database_unreachable"],
    ["EHOSTUNREACH", "connect EHOSTUNREACH", "database_unreachable"],
    ["ENETUNREACH", "connect ENETUNREACH", "database_unreachable"],
    ["ETIMEDOUT", "connect ETIMEDOUT", "database_unreachable"],
    ["ECONNRESET", "read ECONNRESET", "database_unreachable"],
    ["", "Query read timeout", "database_unreachable"],
    ["", "Connection terminated unexpectedly", "database_unreachable"],
    ["", "The server does not support SSL connections", "database_tls"],
    ["SELF_SIGNED_CERT_IN_CHAIN", "self-signed certificate", "database_tls"],
    ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", "unable to verify", "database_tls"],
    ["ERR_TLS_CERT_ALTNAME_INVALID", "Hostname does not match", "database_tls"],
    ["XX000", "something new", "database_error"],
  ];

  it.each(CAUSES)("%s %s: %s", (code, message, expected) => {
    const found = causeOf(Object.assign(new Error(message), { code }), target);
    expect(found.code).toBe(expected);
    expect(found.detail).not.toBe("");
  });

  it("every code of one is told by a cause", () => {
    const told = new Set(CAUSES.map(([, , expected]) => expected));
    expect(told).toEqual(new Set(CODES.filter((code) => code.startsWith("database_"))));
  });
});

describe("a termination message", () => {
  const file = () => join(mkdtempSync(join(tmpdir(), "termination-")), "log");

  it("is not written where there is no such file", () => {
    const absent = file();
    writeTerminationMessage([{ code: "setting_missing", detail: "x" }], absent);
    expect(existsSync(absent)).toBe(false);
  });

  it("is whole lines that the kubelet reads, with their codes, whatever the words", () => {
    const message = file();
    const condition = fc.record<Condition>({
      code: fc.constantFrom(...CODES),
      detail: fc.string({ unit: "binary", maxLength: 400 }),
    });
    fc.assert(
      fc.property(fc.array(condition, { minLength: 1, maxLength: 12 }), (conditions) => {
        writeFileSync(message, "of the container before");
        writeTerminationMessage(conditions, message);
        const text = readFileSync(message, "utf8");
        expect(Buffer.byteLength(text)).toBeLessThanOrEqual(4096);
        const read = text
          .split("\n")
          .slice(0, -1)
          .map((line) => JSON.parse(line) as Condition);
        expect(read.length).toBeGreaterThan(0);
        const written = conditions.map(({ code }) => code);
        expect(read.every(({ code }) => written.includes(code))).toBe(true);
      }),
      { numRuns: 100 },
    );
  });
});

describe("check", () => {
  const GOOD = {
    DATABASE_URL: "postgresql://user:hunter2@db.example/todo",
    BETTER_AUTH_SECRET: "a-secret-of-more-than-thirty-two-characters",
    BACKEND_URL: "http://backend:8000",
  };
  const check = (env: Record<string, string>, ...options: string[]) => {
    const command = [join(ROOT, "check.mjs"), ...options];
    const { status, stdout, stderr } = spawnSync(process.execPath, command, {
      env: { ...GOOD, ...env } as unknown as NodeJS.ProcessEnv,
      encoding: "utf8",
    });
    expect(stderr).toBe("");
    return { status, lines: stdout.split("\n").slice(0, -1) };
  };

  it("says nothing of settings that can be used", () => {
    expect(check({})).toEqual({ status: 0, lines: [] });
  });

  it("gives a line for each problem, of JSON or of words", () => {
    const bad = { DATABASE_URL: "mysql://hunter2@db", BETTER_AUTH_SECRET: "hunter2" };
    const { status, lines } = check(bad, "--json");
    expect(status).toBe(78);
    const problems = lines.map((line) => JSON.parse(line) as Condition);
    expect(problems.map(({ setting, code }) => [setting, code])).toEqual([
      ["DATABASE_URL", "setting_invalid"],
      ["BETTER_AUTH_SECRET", "setting_too_short"],
    ]);
    expect(check(bad)).toEqual({ status: 78, lines: problems.map(({ detail }) => detail) });
    expect(lines.join("")).not.toContain("hunter2");
  });
});
