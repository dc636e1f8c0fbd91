import type { IncomingMessage } from "node:http";

/** A request as a web `Request`, its body having been read. HEAD is asked as GET: Node leaves the body of its answer out. */
export function webRequest(
  { method = "GET", rawHeaders, socket }: IncomingMessage,
  url: URL,
  body: Buffer | null,
): Request {
  const headers = new Headers();
  for (let at = 0; at < rawHeaders.length; at += 2)
    headers.append(rawHeaders[at]!, rawHeaders[at + 1]!);
  // Whoever sent it, as proxies in front of us would say.
  if (!headers.has("x-forwarded-for") && socket.remoteAddress)
    headers.set("x-forwarded-for", socket.remoteAddress);
  return new Request(url, {
    method: method === "HEAD" ? "GET" : method,
    headers,
    body: body && new Uint8Array(body),
  });
}
