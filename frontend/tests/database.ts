import { PGlite } from "@electric-sql/pglite";
import { PGLiteSocketServer } from "@electric-sql/pglite-socket";
import { readFileSync } from "node:fs";
import { join } from "node:path";

const MIGRATION = join(
  import.meta.dirname,
  "../../backend/src/todo_backend/db/migrations/versions/0001_accounts.py",
);

/** The SQL that the backend's migration runs to make the account tables. */
export function accountsSql(): string {
  const [, sql] = /UPGRADE = """([\s\S]*?)"""/.exec(readFileSync(MIGRATION, "utf8")) ?? [];
  if (!sql) throw new Error(`no UPGRADE statement in ${MIGRATION}`);
  return sql;
}

export interface TestDatabase {
  url: string;
  db: PGlite;
  close: () => Promise<void>;
}

/** A PostgreSQL of its own (compiled to WebAssembly) with the account tables, on a free local port. */
export async function startDatabase(): Promise<TestDatabase> {
  const db = await PGlite.create();
  await db.exec(accountsSql());
  const server = new PGLiteSocketServer({ db, port: 0, maxConnections: 20 });
  await server.start();
  return {
    url: `postgresql://postgres@${server.getServerConn()}/postgres`,
    db,
    close: async () => {
      await server.stop();
      await db.close();
    },
  };
}
