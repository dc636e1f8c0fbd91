import { Pool, type PoolConfig } from "pg";
import { getConfig } from "./config";
import { log } from "./log";

/** Sign-ins and token renewals only: a handful of connections carries thousands of users. */
const MAX_CONNECTIONS = 5;

/**
 * Turns a libpq address into options of node-postgres, with libpq's meaning of `sslmode`
 * (`require` encrypts, `verify-full` also checks the certificate) and `channel_binding`.
 */
export function poolConfig(databaseUrl: string): PoolConfig {
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
    max: MAX_CONNECTIONS,
    connectionTimeoutMillis: 10_000,
    idleTimeoutMillis: 60_000,
    keepAlive: true,
    application_name: "todo-stack-frontend",
  };
}

let pool: Pool | undefined;

/** The process's connection pool, opened at first use. */
export function getPool(): Pool {
  if (!pool) {
    pool = new Pool(poolConfig(getConfig().databaseUrl));
    // A server that drops idle connections (Neon sleeping, a restart) must not end the process.
    pool.on("error", (error) =>
      log("warning", "an idle database connection was lost", { error: error.message }),
    );
  }
  return pool;
}
