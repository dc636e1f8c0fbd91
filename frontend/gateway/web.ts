import type { IncomingMessage } from "node:http";

/**
 * A request as a web `Request`, its body having been read; one of a read means nothing. HEAD is asked as GET: Node leaves
 * the body of its answer out.
 */
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
  const isRead = method === "GET" || method === "HEAD";
  return new Request(url, {
    method: isRead ? "GET" : method,
    headers,
    body: isRead ? null : body && new Uint8Array(body),
  });
}
