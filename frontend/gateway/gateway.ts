import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { sessionCookie } from "../lib/auth/cookie";
import { AUTH_PATH } from "../lib/auth/path";
import { isPrivatePage, pageOf } from "../lib/auth/private-pages";
import { signInFor } from "../lib/auth/return-address";
import { keepPrivate, stayOnHttps } from "../lib/caching";
import { described, log } from "../lib/log";
import { problem } from "../lib/problem";
import { requestIdOf } from "../lib/request-id";
import { SECURITY_HEADERS } from "../lib/security-headers";
import { accounts } from "./accounts";
import { send } from "./answer";
import { announcesTooMuch, BodyRefused, hasBody, readBody } from "./body";
import { SAID_OF_THE_WAY } from "./client-address";
import { forward } from "./forward";
import { MAX_HEADERS, RequestHeaders } from "./headers";
import { live, ready } from "./health";
import {
  CODING_UNKNOWN,
  FAILED,
  MALFORMED,
  NO_ADDRESS,
  NO_CONTENT_HERE,
  NO_HOST,
  notAllowed,
  PACKED,
  TOO_LARGE,
  TOO_MANY_HEADERS,
  type Refusal,
} from "./refusals";
import { webRequest } from "./web";

/** Who answers at an address, and to which methods. */
interface Route {
  methods: readonly string[];
  /** A promise where it is not done at once; what it throws is answered in words. */
  serve: (request: IncomingMessage, response: ServerResponse, url: URL) => void | Promise<void>;
}

const READ = ["GET", "HEAD", "OPTIONS"];
const ANY = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

const LIVE: Route = { methods: READ, serve: live };
const READY: Route = {
  methods: READ,
  serve: async (_, response) => send(response, await ready()),
};
const ACCOUNTS: Route = { methods: ["GET", "HEAD", "POST", "OPTIONS"], serve: account };
const BACKEND: Route = { methods: ANY, serve: forward };

/** What Next asks of itself while developing. */
const NEXT_OWN = /^\/(_next\/|__nextjs)/;

/** What Next's client adds to the address of a page whose parts it asks for. */
const NEXT_OWN_PARAMETER = "_rsc";

/** An answer by which Next's client knows no more of a page than before. */
const NOTHING_AHEAD = { status: 204, headers: { "cache-control": "no-store" } };

const SECURITY = Object.entries(SECURITY_HEADERS);

/**
 * Everything that reaches the public address. What is asked often, and what may be large, is answered here or by the
 * backend; pages alone are left to `pages`, and what Next's tools for development ask where `hasTools` says that they are
 * there. Nothing of a request is read whole before its size is known to be bounded.
 */
export function createGateway(pages: RequestListener, hasTools = false): RequestListener {
  const page: Route = {
    methods: READ,
    serve: (request, response, url) => servePage(request, response, url, pages),
  };
  const nextOwn: Route = { methods: ANY, serve: (request, response) => pages(request, response) };

  function routeOf(pathname: string): Route {
    if (pathname === AUTH_PATH || pathname.startsWith(`${AUTH_PATH}/`)) return ACCOUNTS;
    if (pathname.startsWith("/api/") || pathname === "/chatkit" || pathname === "/mcp")
      return BACKEND;
    if (pathname === "/health/live") return LIVE;
    if (pathname === "/health/ready") return READY;
    return hasTools && NEXT_OWN.test(pathname) ? nextOwn : page;
  }

  return (request, response) => {
    if (request.rawHeaders.length > 2 * MAX_HEADERS)
      return void refuse(request, response, TOO_MANY_HEADERS);
    const url = addressOf(request.url ?? "");
    if (!url) return void refuse(request, response, NO_ADDRESS);
    if (!hasOneHost(request)) return void refuse(request, response, NO_HOST);
    if (announcesTooMuch(request)) return void refuse(request, response, TOO_LARGE);
    const unread = unreadable(request);
    if (unread) {
      response.shouldKeepAlive = false; // where it ends is not sure
      return void refuse(request, response, ...unread);
    }
    if (!request.url!.startsWith("/")) nameHost(request, url);
    const route = routeOf(url.pathname);
    const { methods, serve } = route;
    const allow = methods.join(", ");
    if (!methods.includes(request.method ?? ""))
      return void refuse(request, response, notAllowed(methods), { allow });
    if (request.method === "OPTIONS" && route !== BACKEND)
      return void send(response, new Response(null, { status: 204, headers: { allow } }));
    const failed = (error: unknown) => {
      log("error", "unexpected error", { path: url.pathname, error: described(error) });
      return refuse(request, response, FAILED);
    };
    try {
      serve(request, response, url)?.catch(failed);
    } catch (error) {
      void failed(error);
    }
  };
}

/** The address that a request is for, as browsers write it; null when it names none of ours. */
function addressOf(target: string): URL | null {
  if (target.startsWith("/")) return new URL(`http://gateway${target}`);
  return /^https?:/i.test(target) && URL.canParse(target) ? new URL(target) : null;
}

/** Why a request's content cannot be read, if it cannot. */
function unreadable(request: IncomingMessage): [Refusal, Record<string, string>?] | null {
  const { headers, httpVersion } = request;
  const coding = headers["transfer-encoding"];
  if (coding !== undefined) {
    if (httpVersion === "1.0") return [MALFORMED];
    if (coding.toLowerCase() !== "chunked") return [CODING_UNKNOWN];
  }
  const packing = headers["content-encoding"];
  if (!packing || /^identity$/i.test(packing) || !hasBody(request)) return null;
  return [PACKED, { "accept-encoding": "identity" }];
}

/** Has a request name its host as others do: one that stands in its address goes before the header's (RFC 9112). */
function nameHost(request: IncomingMessage, url: URL): void {
  const { headers, rawHeaders } = request;
  request.url = url.pathname + url.search;
  headers.host = url.host;
  const at = rawHeaders.findIndex((name, index) => index % 2 === 0 && /^host$/i.test(name));
  if (at < 0) rawHeaders.push("host", url.host);
  else rawHeaders[at + 1] = url.host;
}

/** Whether it is plain which host a request is for; HTTP/1.0 need not say. */
function hasOneHost({ rawHeaders, httpVersion }: IncomingMessage): boolean {
  let count = 0;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at]!;
    if (name.length === 4 && name.toLowerCase() === "host") count++;
  }
  return count === 1 || (count === 0 && httpVersion === "1.0");
}

/** What a visitor gets in place of a page for those who are signed in: the way there. Null for any other request. */
function toSignIn({ headers }: IncomingMessage, { pathname, searchParams }: URL): Response | null {
  const given = new RequestHeaders(headers);
  if (!isPrivatePage(pathname) || sessionCookie(given)) return null;
  // The page to sign in lacks the part that Next's client asks for ahead: its 404 would be an error on the console.
  if (headers["next-router-prefetch"] !== undefined) return new Response(null, NOTHING_AHEAD);
  searchParams.delete(NEXT_OWN_PARAMETER);
  const search = searchParams.size > 0 ? `?${searchParams}` : "";
  const location = signInFor(pathname + search);
  const answer = new Response(null, { status: 307, headers: { location } });
  keepPrivate(answer.headers);
  stayOnHttps(given, answer.headers);
  return answer;
}

async function account(
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
): Promise<void> {
  const body = await bodyWithinBounds(request, response);
  if (body === undefined) return;
  await send(response, await accounts(webRequest(request, url, body)));
}

async function servePage(
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
  pages: RequestListener,
): Promise<void> {
  const body = await bodyWithinBounds(request, response);
  if (body === undefined) return;
  if (body) return refuse(request, response, NO_CONTENT_HERE);
  const instead = toSignIn(request, url);
  if (instead) return send(response, instead);
  for (const name of SAID_OF_THE_WAY) delete request.headers[name];
  for (const [name, value] of SECURITY) response.setHeader(name, value);
  const page = pageOf(url.pathname);
  if (page !== url.pathname) request.url = page + url.search;
  redirectWithin(response);
  return pages(request, response);
}

/** Has an answer redirect to this site alone, whatever host its request named: without one. */
function redirectWithin(response: ServerResponse): void {
  const writeHead = response.writeHead.bind(response) as (...given: unknown[]) => ServerResponse;
  response.writeHead = (...given: unknown[]) => {
    const location = response.getHeader("location");
    if (typeof location === "string") {
      // What begins with two slashes, or backslashes, would name a host.
      const within = (path: string) => path.replace(/^[/\\]+/, "/");
      const { pathname, search, hash } = new URL(within(location), "http://gateway");
      response.setHeader("location", within(pathname) + search + hash);
    }
    return writeHead(...given);
  };
}

/** What a request holds, null for nothing; undefined when that was too much, or broke off: it has its answer then. */
async function bodyWithinBounds(
  request: IncomingMessage,
  response: ServerResponse,
): Promise<Buffer | null | undefined> {
  if (!hasBody(request)) return null;
  try {
    return await readBody(request);
  } catch (error) {
    if (error instanceof BodyRefused) await refuse(request, response, error.refusal);
    return undefined;
  }
}

function refuse(
  request: IncomingMessage,
  response: ServerResponse,
  refusal: Refusal,
  headers?: Record<string, string>,
): Promise<void> {
  const given = new RequestHeaders(request.headers);
  const id = requestIdOf(given);
  const path = request.url?.split("?")[0];
  log("info", "request", { request_id: id, method: request.method, path, status: refusal[0] });
  const answer = problem(...refusal, id, headers);
  stayOnHttps(given, answer.headers);
  return send(response, answer);
}
