import { log } from "../log";
import { ACCOUNTS_AWAY, problem } from "../problem";
import { unreadableKeysBehind } from "./signing-keys";

const UNREADABLE_KEYS =
  "Sign-in keys cannot be read: the server has another secret than the one they were made with. " +
  "An operator has to put it right; /health/ready and the log say how.";

/** The answer to a request whose account or session could not be looked up, and the cause in the log. */
export async function accountsFailed(
  what: string,
  error: unknown,
  requestId: string,
  headers: Record<string, string> = {},
): Promise<Response> {
  const unreadable = await unreadableKeysBehind(error);
  log("error", what, { request_id: requestId, error: unreadable?.detail ?? String(error) });
  const detail = unreadable ? UNREADABLE_KEYS : ACCOUNTS_AWAY;
  return problem(503, "Service Unavailable", detail, requestId, headers);
}
