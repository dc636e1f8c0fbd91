import type { IncomingMessage } from "node:http";
import { clientAddress, SAID_OF_THE_WAY } from "./client-address";

/**
 * A request as a web `Request`, its body having been read; one of a read means nothing. HEAD is asked as GET: Node leaves
 * the body of its answer out.
 */
export function webRequest(request: IncomingMessage, url: URL, body: Buffer | null): Request {
  const { method = "GET", rawHeaders } = request;
  const headers = new Headers();
  for (let at = 0; at < rawHeaders.length; at += 2)
    headers.append(rawHeaders[at]!, rawHeaders[at + 1]!);
  for (const name of SAID_OF_THE_WAY) headers.delete(name);
  const address = clientAddress(request);
  if (address) headers.set("x-forwarded-for", address);
  const isRead = method === "GET" || method === "HEAD";
  return new Request(url, {
    method: isRead ? "GET" : method,
    headers,
    body: isRead ? null : body && new Uint8Array(body),
  });
}
