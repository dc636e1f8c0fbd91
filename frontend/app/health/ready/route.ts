import { signingKeyProblem } from "@/lib/auth/signing-keys";
import { getConfig } from "@/lib/config";
import { databaseProblem } from "@/lib/readiness";

export const dynamic = "force-dynamic";

/**
 * 200 when accounts can be served: the database answers, its tables are there, and our secret reads the keys in
 * them. Never asks the backend.
 */
export async function GET(): Promise<Response> {
  const database = await databaseProblem();
  const keys = database ? null : await signingKeyProblem();
  const problem = database ?? keys;
  return Response.json(
    {
      status: problem ? "unavailable" : "ok",
      checks: { database: database ?? "ok", ...(keys && { signing_keys: keys }) },
    },
    {
      status: problem ? 503 : 200,
      headers: { "cache-control": "no-store", "x-frontend-served-by": getConfig().podName },
    },
  );
}
