import type { IncomingMessage, ServerResponse } from "node:http";
import { signingKeyCondition } from "../lib/auth/signing-keys";
import type { Condition } from "../lib/codes";
import { getConfig } from "../lib/config";
import { databaseCondition } from "../lib/readiness";
import { SECURITY } from "./answer";

const NOT_LOOKED_AT: Condition = {
  code: "unknown",
  detail: "not looked at: the database cannot be used",
};

const LIVE = '{"status":"ok"}';
const LIVE_HEADERS = [
  ...SECURITY,
  "cache-control",
  "no-store",
  "content-type",
  "application/json",
  "content-length",
  String(LIVE.length),
];

/** The process answers; no dependency is asked. */
export function live(_: IncomingMessage, response: ServerResponse): void {
  response.writeHead(200, LIVE_HEADERS).end(LIVE);
}

/**
 * 200 when accounts can be served: the database answers, its tables are there, and our secret reads the keys in
 * them. Never asks the backend.
 */
export async function ready(): Promise<Response> {
  const database = await databaseCondition();
  const keys = database.code === "ok" ? await signingKeyCondition() : NOT_LOOKED_AT;
  const isReady = keys.code === "ok";
  return Response.json(
    { status: isReady ? "ok" : "unavailable", checks: { database, signing_keys: keys } },
    {
      status: isReady ? 200 : 503,
      headers: { "cache-control": "no-store", "x-frontend-served-by": getConfig().podName },
    },
  );
}
