import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { chmodSync, chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "pg";
import { accountsSql } from "./database";

/** The folder of PostgreSQL's own programs: POSTGRES_BIN, or where Linux distributions and PATH have them. */
function programs(): string | null {
  const debian = "/usr/lib/postgresql";
  const versions = existsSync(debian)
    ? readdirSync(debian)
        .map(Number)
        .sort((a, b) => b - a)
    : [];
  const folders = [
    process.env.POSTGRES_BIN ?? "",
    ...versions.map((version) => join(debian, String(version), "bin")),
    ...(process.env.PATH ?? "").split(":"),
  ];
  return folders.find((folder) => folder && existsSync(join(folder, "initdb"))) ?? null;
}

const POSTGRES = programs();

/** Why tests of accounts cannot run, or null. */
export const noPostgres = POSTGRES
  ? null
  : "no PostgreSQL on this machine (install one, or set POSTGRES_BIN to the folder of initdb)";

/** PostgreSQL refuses to run as root; `nobody` will do for a folder of its own. */
const account = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};

/** An address of its own: nobody else takes its port while the server is down. */
export const HOST = "127.0.0.4";

/** A PostgreSQL with passwords, on a free local port, with the account tables and a role `app`. */
export class Postgres {
  private server: ChildProcess | undefined;

  private constructor(
    private readonly folder: string,
    readonly port: number,
  ) {}

  static async start(): Promise<Postgres> {
    if (noPostgres) throw new Error(noPostgres);
    const folder = mkdtempSync(join(tmpdir(), "postgres-"));
    if (account.uid) chownSync(folder, account.uid, account.gid);
    chmodSync(folder, 0o700);
    const options = ["--pgdata", join(folder, "data"), "--username", "owner", "--auth-host"];
    execFileSync(
      join(POSTGRES!, "initdb"),
      [...options, "scram-sha-256", "--auth-local", "trust", "--no-sync"],
      { ...account, stdio: "ignore", env: { ...process.env, LC_ALL: "C" } },
    );
    const postgres = new Postgres(folder, await freePort());
    await postgres.run();
    await postgres.sql("CREATE ROLE app LOGIN SUPERUSER PASSWORD 'first'");
    await postgres.sql(accountsSql());
    return postgres;
  }

  /** The address as role `app` with this password. */
  url(password: string, database = "postgres"): string {
    return `postgresql://app:${password}@${HOST}:${this.port}/${database}`;
  }

  async run(): Promise<void> {
    const options = ["-c", `port=${this.port}`, "-c", `listen_addresses=${HOST}`];
    this.server = spawn(
      join(POSTGRES!, "postgres"),
      ["-D", join(this.folder, "data"), ...options, "-k", this.folder, "-c", "fsync=off"],
      { ...account, stdio: "ignore", env: { ...process.env, LC_ALL: "C", TZ: "UTC" } },
    );
    for (let tries = 0; ; tries++) {
      try {
        return void (await this.sql("SELECT 1"));
      } catch (error) {
        if (tries === 2_000) throw error;
        await sleep(50);
      }
    }
  }

  /** Ends the server at once, connections and all. */
  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.server?.once("exit", resolve));
    this.server?.kill("SIGINT");
    await ended;
  }

  async sql(statement: string): Promise<unknown[]> {
    const client = new Client({
      host: this.folder,
      port: this.port,
      user: "owner",
      database: "postgres",
    });
    await client.connect();
    try {
      return (await client.query(statement)).rows;
    } finally {
      await client.end();
    }
  }

  async remove(): Promise<void> {
    await this.stop();
    rmSync(this.folder, { recursive: true });
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, HOST, resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
