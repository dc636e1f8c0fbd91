import type { IncomingMessage } from "node:http";

/** The largest request body that is taken, whatever it is for. */
export const MAX_BODY_BYTES = 1024 * 1024;

/** A request body over the limit. */
export class BodyTooLarge extends Error {}

/** A request whose sender went away before all of it had come. */
export class RequestAborted extends Error {}

/** Whether a request has a body. */
export function hasBody({ headers }: IncomingMessage): boolean {
  return "transfer-encoding" in headers || Number(headers["content-length"] ?? 0) > 0;
}

/** Whether a request's head says that its body is over the limit. */
export function announcesTooMuch({ headers }: IncomingMessage): boolean {
  return Number(headers["content-length"] ?? 0) > MAX_BODY_BYTES;
}

/**
 * Reads a request's body, at most MAX_BODY_BYTES of it: it is kept whole so that a request can
 * be sent again when a backend pod goes away before it answers. What is over the limit is not kept.
 * @throws BodyTooLarge as soon as the limit is passed, RequestAborted when it does not come to its end.
 */
export function readBody(request: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on("data", (chunk: Buffer) => {
      size += chunk.byteLength;
      if (size <= MAX_BODY_BYTES) return void chunks.push(chunk);
      chunks.length = 0;
      reject(new BodyTooLarge());
    });
    request.once("end", () => resolve(Buffer.concat(chunks)));
    request.once("close", () => reject(new RequestAborted())); // after the end this changes nothing
    request.once("error", () => reject(new RequestAborted()));
  });
}
