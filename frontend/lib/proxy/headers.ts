import type { IncomingHttpHeaders } from "node:http";

/** Headers that describe one connection, not the message (RFC 9110 section 7.6.1). */
const HOP_BY_HOP = new Set([
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/** The browser's business with this site, or set anew for the backend. */
const NOT_FOR_BACKEND = new Set(["cookie", "host", "content-length", "expect", "accept-encoding"]);

/** Headers named in `Connection` belong to that connection too. */
function connectionNames(value: string | null | undefined): Set<string> {
  return new Set((value ?? "").split(",").map((name) => name.trim().toLowerCase()));
}

/** What the backend gets of a browser's headers. */
export function requestHeaders(headers: Headers): Record<string, string> {
  const named = connectionNames(headers.get("connection"));
  const result: Record<string, string> = {};
  headers.forEach((value, name) => {
    if (HOP_BY_HOP.has(name) || named.has(name) || NOT_FOR_BACKEND.has(name)) return;
    if (name.startsWith("x-middleware-") || name.startsWith("x-invoke-")) return;
    result[name] = value;
  });
  return result;
}

/** What the browser gets of the backend's headers; a stream of events is marked so that nothing holds it back. */
export function responseHeaders(headers: IncomingHttpHeaders): Headers {
  const named = connectionNames(headers.connection);
  const result = new Headers();
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined || HOP_BY_HOP.has(name) || named.has(name) || name === "set-cookie")
      continue;
    for (const part of [value].flat()) result.append(name, part);
  }
  if (result.get("content-type")?.startsWith("text/event-stream")) {
    result.set("cache-control", "no-cache, no-transform");
    result.set("x-accel-buffering", "no");
  }
  return result;
}
