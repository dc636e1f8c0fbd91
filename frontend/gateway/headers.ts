import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import { privateCaching } from "../lib/caching";
import type { HeaderLookup } from "../lib/headers";
import { SECURITY_HEADERS } from "../lib/security-headers";
import { SAID_OF_THE_WAY } from "./client-address";

/** How many headers a request may have; browsers send some 20. */
export const MAX_HEADERS = 2_000;

/** Headers that describe one connection, not the message (RFC 9110 section 7.6.1). */
const HOP_BY_HOP = [
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
];

/** The browser's business with this site, or set anew for the backend. */
const NOT_FOR_BACKEND = new Set([
  ...HOP_BY_HOP,
  ...SAID_OF_THE_WAY,
  "accept-encoding",
  "authorization",
  "content-length",
  "cookie",
  "expect",
  "host",
  "x-entry-point",
  "x-request-id",
]);

/** The backend's business with us, or decided here. */
const NOT_FOR_BROWSER = new Set([
  ...HOP_BY_HOP,
  ...Object.keys(SECURITY_HEADERS),
  "cache-control",
  "set-cookie",
  "strict-transport-security",
]);

/** Headers in the order and form in which Node writes them: name, value, name, value. */
export type HeaderList = string[];

/** A request's headers, looked up as those of a web `Request` are. */
export class RequestHeaders implements HeaderLookup {
  constructor(private readonly headers: IncomingHttpHeaders) {}

  /** The header of this name, which is in lower case; several of a name are one, with commas. */
  get(name: string): string | null {
    const value = this.headers[name];
    if (value === undefined) return null;
    return typeof value === "string" ? value : value.join(", ");
  }
}

const NONE: ReadonlySet<string> = new Set();

/** Headers named in `Connection` belong to that connection too. */
function connectionNames(value: string | undefined): ReadonlySet<string> {
  if (value === undefined || value === "keep-alive" || value === "close") return NONE;
  return new Set(value.split(",").map((name) => name.trim().toLowerCase()));
}

/** What the backend gets of a browser's headers. */
export function headersForBackend(headers: IncomingHttpHeaders): HeaderList {
  const named = connectionNames(headers.connection);
  const result: HeaderList = [];
  for (const name in headers) {
    if (NOT_FOR_BACKEND.has(name) || named.has(name)) continue;
    if (name.startsWith("x-middleware-") || name.startsWith("x-invoke-")) continue;
    const value = headers[name];
    if (value !== undefined)
      result.push(name, typeof value === "string" ? value : value.join(", "));
  }
  return result;
}

/** Whether an answer is a stream of events. */
export function isEventStream(answer: IncomingMessage): boolean {
  return answer.headers["content-type"]?.startsWith("text/event-stream") ?? false;
}

/** What the browser gets of the backend's headers; a stream of events is marked so that nothing holds it back. */
export function headersForBrowser(answer: IncomingMessage): HeaderList {
  const { headers, rawHeaders } = answer;
  const named = connectionNames(headers.connection);
  const result: HeaderList = [];
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at]!.toLowerCase();
    if (!NOT_FOR_BROWSER.has(name) && !named.has(name)) result.push(name, rawHeaders[at + 1]!);
  }
  const isEvents = isEventStream(answer);
  result.push(
    "cache-control",
    privateCaching(isEvents ? "no-transform" : headers["cache-control"]),
  );
  if (isEvents) result.push("x-accel-buffering", "no");
  return result;
}
