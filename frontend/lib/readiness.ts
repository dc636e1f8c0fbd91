import { Client } from "pg";
import { getConfig } from "./config";
import { connectionConfig, getPool, getProbe, PROBE_TIMEOUT_MS } from "./database";
import { log } from "./log";

/** Without a use for this long the database may sleep, and readiness must not wake it. */
const UNUSED_MS = 60_000;

const TABLES = ["user", "session", "account", "verification", "jwks", "rateLimit"];
const MISSING = `SELECT name FROM unnest($1::text[]) AS name WHERE to_regclass(quote_ident(name)) IS NULL`;

/** What the last check found: null is good, undefined that there was none. */
let known: string | null | undefined;
let running: Promise<string | null> | undefined;

/**
 * What keeps accounts from being served, in words; null when nothing does.
 *
 * Asks the database while it is in use or in doubt. A good answer stands once nobody has used it for a minute;
 * a bad one is asked again each time.
 */
export function databaseProblem(): Promise<string | null> {
  const { usedAt } = getPool();
  if (known === null && Date.now() - usedAt > UNUSED_MS) return Promise.resolve(null);
  running ??= check().finally(() => (running = undefined));
  return running;
}

async function check(): Promise<string | null> {
  const found = await ask().catch(
    (error: Error) => `the database's address cannot be used: ${error.message}`,
  );
  if (found !== known) {
    if (found) log("warning", "not ready", { reason: found });
    else log("info", "ready");
  }
  return (known = found);
}

async function ask(): Promise<string | null> {
  const target = new Client(connectionConfig(getConfig().databaseUrl()));
  const causeOf = (error: Error) => inWords(error, target);
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<string>((resolve) => {
    const answer = () => resolve(causeOf(new Error("timeout")));
    timer = setTimeout(answer, PROBE_TIMEOUT_MS);
  });
  const answer = getProbe()
    .query<{ name: string }>(MISSING, [TABLES])
    .then(
      ({ rows }) =>
        rows.length > 0
          ? `tables missing: ${rows.map(({ name }) => name).join(", ")}; the migrations have not run`
          : null,
      causeOf,
    );
  return Promise.race([answer, late]).finally(() => clearTimeout(timer));
}

/** Why the database cannot be used, for the person who set it up; never its password. */
function inWords(error: Error & { code?: string }, target: Client): string {
  const { host, port, user, database } = target;
  const server = host.startsWith("/") ? host : `${host}:${port}`;
  switch (error.code) {
    case "28P01":
      return `wrong password for user ${user}`;
    case "28000":
      return `${server} does not let user ${user} in`;
    case "3D000":
      return `${server} has no database ${database}`;
    case "42501":
      return `user ${user} may not read database ${database}`;
    case "53300":
      return `${server} has no connection left`;
    case "57P01":
    case "57P03":
      return `${server} is starting or stopping`;
    case "ENOTFOUND":
      return `unknown host ${host}`;
    case "EAI_AGAIN":
      return `the address of host ${host} cannot be looked up`;
    case "ECONNREFUSED":
    case "ENOENT": // a socket that is not there
      return `${server} refuses connections`;
    case "EHOSTUNREACH":
    case "ENETUNREACH":
      return `there is no way to ${server}`;
  }
  if (error.code === "ETIMEDOUT" || /time ?out/i.test(error.message))
    return `no answer from ${server} within ${PROBE_TIMEOUT_MS / 1000} s`;
  if (/password must be/.test(error.message)) return `the address has no password for user ${user}`;
  if (/terminated/.test(error.message)) return `${server} closed the connection`;
  return `${server}: ${error.message}`;
}
