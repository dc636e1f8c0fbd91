import { Client, Pool, type ClientConfig, type PoolClient, type PoolConfig } from "pg";
import { getConfig } from "./config";
import { log } from "./log";

/** Sign-ins and token renewals only: a handful of connections carries thousands of users. */
const MAX_CONNECTIONS = 5;

/** The probe's answer must be there before kubelet gives up, after 4 s. */
export const PROBE_TIMEOUT_MS = 3_500;

/**
 * Turns a libpq address into options of node-postgres, with libpq's meaning of `sslmode`
 * (`require` encrypts, `verify-full` also checks the certificate) and `channel_binding`.
 */
export function connectionConfig(databaseUrl: string): ClientConfig {
  const [address = "", query = ""] = databaseUrl.split("?", 2);
  const params = new URLSearchParams(query);
  const channelBinding = params.get("channel_binding") ?? "prefer";
  params.delete("channel_binding");
  // node-postgres cannot try TLS first and fall back, so "maybe" means what a local server offers: none.
  if (["allow", "prefer"].includes(params.get("sslmode") ?? "")) params.delete("sslmode");
  if (params.has("sslmode")) params.set("uselibpqcompat", "true");
  return {
    connectionString: params.size > 0 ? `${address}?${params}` : address,
    enableChannelBinding: channelBinding !== "disable",
  };
}

/** Asks for the address when it is made: the password may have changed in its file. */
class Connection extends Client {
  constructor(options?: PoolConfig) {
    super({ ...options, ...connectionConfig(getConfig().databaseUrl()) });
  }
}

type Connected = Parameters<Pool["connect"]>[0];

/** Remembers when somebody last wanted a connection, whether there was one or not. */
class UsedPool extends Pool {
  usedAt = Date.now();

  override connect(): Promise<PoolClient>;
  override connect(callback: Connected): void;
  override connect(callback?: Connected): Promise<PoolClient> | void {
    this.usedAt = Date.now();
    return callback ? super.connect(callback) : super.connect();
  }
}

function open(options: PoolConfig): UsedPool {
  const pool = new UsedPool({
    Client: Connection,
    keepAlive: true,
    application_name: "todo-stack-frontend",
    ...options,
  });
  // A server that drops idle connections (Neon sleeping, a restart) must not end the process.
  pool.on("error", (error) =>
    log("warning", "an idle database connection was lost", { error: error.message }),
  );
  return pool;
}

let pool: UsedPool | undefined;
let probe: Pool | undefined;

/** The process's connection pool, opened at first use. It waits while a sleeping database wakes. */
export function getPool(): UsedPool {
  return (pool ??= open({
    max: MAX_CONNECTIONS,
    connectionTimeoutMillis: 10_000,
    idleTimeoutMillis: 60_000,
  }));
}

/** A connection for readiness alone: it answers in time, and is no use that would keep a database awake. */
export function getProbe(): Pool {
  return (probe ??= open({
    max: 1,
    connectionTimeoutMillis: PROBE_TIMEOUT_MS,
    query_timeout: PROBE_TIMEOUT_MS,
    idleTimeoutMillis: 10_000,
  }));
}
