import { servingOf } from "../lib/auth/endpoints";
import { accountsFailed } from "../lib/auth/failure";
import { endTurn } from "../lib/auth/hashing";
import { getAuth } from "../lib/auth/server";
import { keepPrivate, stayOnHttps } from "../lib/caching";
import { problem } from "../lib/problem";
import { requestIdOf } from "../lib/request-id";

/** Answers a request to Better Auth's endpoints. Whatever the answer is, it is the caller's own. */
export async function accounts(request: Request): Promise<Response> {
  const requestId = requestIdOf(request.headers);
  // What is logged for it has the id that its answer shows.
  request.headers.set("x-request-id", requestId);
  const response = await answer(request, requestId);
  response.headers.set("x-request-id", requestId);
  keepPrivate(response.headers);
  stayOnHttps(request.headers, response.headers);
  return response;
}

async function answer(request: Request, requestId: string): Promise<Response> {
  if (servingOf(request.method, new URL(request.url).pathname) === "off")
    return problem(404, "Not Found", "There is nothing at this address.", requestId);
  const auth = getAuth(request.headers);
  if (!auth) return problem(400, "Bad Request", "The Host header names no host.", requestId);
  try {
    return await auth.handler(request);
  } catch (error) {
    return accountsFailed("an account request failed", error, requestId);
  } finally {
    endTurn(request);
  }
}
