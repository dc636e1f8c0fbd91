import type { IncomingMessage } from "node:http";
import { sessionCookie } from "../auth/cookie";
import { accountsFailed } from "../auth/failure";
import { tokenForSession } from "../auth/session-token";
import { keepPrivate, stayOnHttps } from "../caching";
import { getConfig } from "../config";
import { log } from "../log";
import { isCrossSite } from "../origin";
import { problem } from "../problem";
import { requestIdOf } from "../request-id";
import { askBackend, BackendUnavailable } from "./backend";
import { BodyTooLarge, readBody, streamBody } from "./body";
import { NoAnswer } from "./hedge";
import { requestHeaders, responseHeaders } from "./headers";

const BODYLESS = new Set([204, 205, 304]);

/**
 * Passes a request to the backend under the same path and streams the answer back.
 *
 * A bearer token goes through untouched. Without one, the session cookie becomes the user's
 * short-lived token here on the server; the browser never holds a token, the backend never sees a cookie.
 * Each request has a line in the log once its answer has ended.
 */
export async function proxy(request: Request): Promise<Response> {
  const response = await pass(request);
  keepPrivate(response.headers);
  stayOnHttps(request.headers, response.headers);
  return response;
}

async function pass(request: Request): Promise<Response> {
  const began = performance.now();
  const { podName } = getConfig();
  const requestId = requestIdOf(request.headers);
  const { pathname } = new URL(request.url);
  const ended = (status: number, id: string) =>
    log("info", "request", {
      request_id: id,
      method: request.method,
      path: pathname,
      status,
      duration_ms: Math.round((performance.now() - began) * 100) / 100,
    });

  const answer = await ask(request, requestId);
  if (answer instanceof Response) {
    ended(answer.status, requestId);
    return answer;
  }
  const status = answer.statusCode ?? 502;
  const headers = responseHeaders(answer.headers);
  headers.set("x-frontend-served-by", podName);
  if (!headers.has("x-request-id")) headers.set("x-request-id", requestId);
  answer.once("close", () => ended(status, headers.get("x-request-id") ?? requestId));
  if (BODYLESS.has(status) || request.method === "HEAD") {
    answer.resume();
    return new Response(null, { status, headers });
  }
  return new Response(streamBody(answer), { status, headers });
}

/** The backend's answer, its body still to be read; or why there is none, as an answer. */
async function ask(request: Request, requestId: string): Promise<IncomingMessage | Response> {
  const { backendUrl, podName } = getConfig();
  const own = { "x-frontend-served-by": podName };
  const refuse = (status: number, title: string, detail: string) =>
    problem(status, title, detail, requestId, own);

  const headers = requestHeaders(request.headers);
  headers["x-request-id"] = requestId;

  if (!headers.authorization && sessionCookie(request.headers)) {
    if (isCrossSite(request.method, request.headers)) {
      return refuse(403, "Forbidden", "This request comes from a page of another site.");
    }
    try {
      const token = await tokenForSession(request.headers);
      if (token) headers.authorization = `Bearer ${token}`;
    } catch (error) {
      return accountsFailed("a session could not be checked", error, requestId, own);
    }
  }

  try {
    const { pathname, search } = new URL(request.url);
    return await askBackend({
      url: new URL(pathname + search, backendUrl),
      method: request.method,
      headers,
      body: await readBody(request),
      signal: request.signal,
    });
  } catch (error) {
    const isRead = request.method === "GET" || request.method === "HEAD";
    const whatNow = (mayBeDone: boolean) =>
      mayBeDone && !isRead
        ? "What was asked may still be done: look before you try again."
        : "Try again shortly.";
    if (error instanceof BodyTooLarge) {
      return refuse(413, "Content Too Large", "A request may be at most 1 MiB.");
    }
    if (request.signal.aborted) return new Response(null, { status: 499 });
    if (error instanceof NoAnswer) {
      log("error", "the backend took too long", { request_id: requestId, error: error.message });
      return refuse(
        504,
        "Gateway Timeout",
        `The task service did not answer within ${error.afterMs / 1000} seconds. ${whatNow(true)}`,
      );
    }
    if (!(error instanceof BackendUnavailable)) throw error;
    log("error", "no backend answered", { request_id: requestId, error: String(error.cause) });
    return refuse(
      502,
      "Bad Gateway",
      `The task service is not reachable at the moment. ${whatNow(error.wasSent)}`,
    );
  }
}
