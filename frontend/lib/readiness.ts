import { Client } from "pg";
import type { Code, Condition } from "./codes";
import { getConfig } from "./config";
import { connectionConfig, getPool, getProbe, PROBE_TIMEOUT_MS } from "./database";
import { log } from "./log";

/** Without a use for this long the database may sleep, and readiness must not wake it. */
const UNUSED_MS = 60_000;

const TABLES = ["user", "session", "account", "verification", "jwks", "rateLimit"];
/** Which of the tables are not there, and whether their newest column is. */
const LOOK = `SELECT
  array(SELECT name FROM unnest($1::text[]) AS name WHERE to_regclass(quote_ident(name)) IS NULL) AS missing,
  EXISTS (SELECT FROM pg_attribute WHERE attrelid = to_regclass('"user"') AND attname = 'timeZone') AS current`;

interface Found {
  missing: string[];
  current: boolean;
}

const OLD_TABLES: Condition = {
  code: "schema_outdated",
  detail: "the tables are of an older version; the migrations have not run",
};
const ANSWERS: Condition = { code: "ok", detail: "answers" };

/** What the last check found; undefined that there was none. */
let known: Condition | undefined;
let running: Promise<Condition> | undefined;

/**
 * Whether accounts can be served from the database, or what keeps them from being served.
 *
 * Asks the database while it is in use or in doubt. A good answer stands once nobody has used it for a minute;
 * a bad one is asked again each time.
 */
export function databaseCondition(): Promise<Condition> {
  const { usedAt } = getPool();
  if (known?.code === "ok" && Date.now() - usedAt > UNUSED_MS) return Promise.resolve(known);
  running ??= check().finally(() => (running = undefined));
  return running;
}

async function check(): Promise<Condition> {
  const found = await ask().catch((error: Error): Condition => ({
    code: "database_error",
    detail: `the database's address cannot be used: ${error.message}`,
  }));
  if (found.detail !== known?.detail) {
    if (found.code === "ok") log("info", "ready");
    else log("warning", "not ready", { code: found.code, reason: found.detail });
  }
  return (known = found);
}

async function ask(): Promise<Condition> {
  const target = new Client(connectionConfig(getConfig().databaseUrl()));
  const cause = (error: Error) => causeOf(error, target);
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Condition>((resolve) => {
    const answer = () => resolve(cause(new Error("timeout")));
    timer = setTimeout(answer, PROBE_TIMEOUT_MS);
  });
  const answer = getProbe()
    .query<Found>(LOOK, [TABLES])
    .then(({ rows }) => schemaCondition(rows[0]!), cause);
  return Promise.race([answer, late]).finally(() => clearTimeout(timer));
}

function schemaCondition({ missing, current }: Found): Condition {
  if (missing.length > 0)
    return {
      code: "schema_missing",
      detail: `tables missing: ${missing.join(", ")}; the migrations have not run`,
    };
  return current ? ANSWERS : OLD_TABLES;
}

/** Why the database cannot be used, for programs and for the person who set it up; never its password. */
export function causeOf(
  error: Error & { code?: string },
  target: Pick<Client, "host" | "port" | "user" | "database">,
): Condition {
  const { host, port, user, database } = target;
  const server = host.startsWith("/") ? host : `${host}:${port}`;
  const is = (code: Code, detail: string): Condition => ({ code, detail });
  const { code = "", message } = error;
  switch (code) {
    case "28P01":
      return is("database_login", `wrong password for user ${user}`);
    case "28000":
      if (/no encryption/.test(message))
        return is("database_tls", `${server} wants TLS: add sslmode=require`);
      return is("database_login", `${server} does not let user ${user} in`);
    case "3D000":
      return is("database_missing", `${server} has no database ${database}`);
    case "42501":
      return is("database_rights", `user ${user} may not read database ${database}`);
    case "53300":
      return is("database_full", `${server} has no connection left`);
    case "53100":
      return is("database_disk_full", `${server} has no space left`);
    case "25006":
      return is("database_read_only", `${server} takes no writes`);
    case "57P01":
    case "57P03":
      return is("database_starting", `${server} is starting or stopping`);
    case "ENOTFOUND":
      return is("database_host", `unknown host ${host}`);
    case "EAI_AGAIN":
      return is("database_host", `the address of host ${host} cannot be looked up`);
    case "ECONNREFUSED":
    case "ENOENT": // a socket that is not there
      return is("database_unreachable", `${server} refuses connections`);
    case "EHOSTUNREACH":
    case "ENETUNREACH":
      return is("database_unreachable", `there is no way to ${server}`);
  }
  if (code === "ETIMEDOUT" || /time ?out/i.test(message))
    return is(
      "database_unreachable",
      `no answer from ${server} within ${PROBE_TIMEOUT_MS / 1000} s`,
    );
  if (/password must be/.test(message))
    return is("database_login", `the address has no password for user ${user}`);
  if (/terminated/.test(message) || code === "ECONNRESET")
    return is("database_unreachable", `${server} closed the connection`);
  // Node names what it finds wrong with a certificate by a code, node-postgres says in words that TLS is refused.
  const isTls = /CERT|SIGNATURE/.test(code) || /support SSL/.test(message);
  return is(isTls ? "database_tls" : "database_error", `${server}: ${message}`);
}
