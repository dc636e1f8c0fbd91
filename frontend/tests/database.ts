import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Client } from "pg";
import { inject } from "vitest";

const MIGRATIONS = join(
  import.meta.dirname,
  "../../backend/src/todo_backend/db/migrations/versions",
);
/** Those that make the account tables what they are. */
const OF_ACCOUNTS = /^\d+_(time_zones_of_)?accounts\.py$/;

/** The SQL that the backend's migrations run to make the account tables. */
export function accountsSql(): string {
  const names = readdirSync(MIGRATIONS).filter((name) => OF_ACCOUNTS.test(name));
  const statements = names.sort().map((name) => {
    const source = readFileSync(join(MIGRATIONS, name), "utf8");
    const [, sql] = /UPGRADE = """([\s\S]*?)"""/.exec(source) ?? [];
    if (!sql) throw new Error(`no UPGRADE statement in ${name}`);
    return sql;
  });
  return statements.join("");
}

export interface TestDatabase {
  url: string;
  db: Client;
  close: () => Promise<void>;
}

let made = 0;

/** A database of its own with the account tables, in the PostgreSQL of this run. */
export async function startDatabase(): Promise<TestDatabase> {
  const server = inject("postgres");
  if (!server.url) throw new Error(server.problem);
  const name = `tests_${process.pid}_${made++}`;
  const drop = `DROP DATABASE ${name} WITH (FORCE)`;
  await once(server.url, `CREATE DATABASE ${name}`);
  const url = server.url.replace(/[^/]*$/, name);
  const db = new Client(url);
  await db.connect();
  await db.query(accountsSql());
  return {
    url,
    db,
    close: async () => {
      await db.end();
      await once(server.url, drop);
    },
  };
}

async function once(url: string, statement: string): Promise<void> {
  const client = new Client(url);
  await client.connect();
  await client.query(statement);
  await client.end();
}
