import { getConfig } from "@/lib/config";
import { getPool } from "@/lib/database";

export const dynamic = "force-dynamic";

const TABLES = ["user", "session", "account", "verification", "jwks", "rateLimit"];
const MISSING = `SELECT name FROM unnest($1::text[]) AS name WHERE to_regclass(quote_ident(name)) IS NULL`;

/** 200 when accounts can be served: the database answers and its tables are there. Never asks the backend. */
export async function GET(): Promise<Response> {
  let reason = "";
  try {
    const { rows } = await getPool().query<{ name: string }>(MISSING, [TABLES]);
    if (rows.length > 0) reason = `tables missing: ${rows.map(({ name }) => name).join(", ")}`;
  } catch (error) {
    reason = `database does not answer: ${error instanceof Error ? error.message : String(error)}`;
  }
  return Response.json(
    { status: reason ? "unavailable" : "ok", checks: { database: reason || "ok" } },
    {
      status: reason ? 503 : 200,
      headers: { "cache-control": "no-store", "x-frontend-served-by": getConfig().podName },
    },
  );
}
