import type { IncomingMessage } from "node:http";
import { MAX_BODY_BYTES, TOO_LARGE, TOO_MANY_BODIES, type Refusal } from "./refusals";

/**
 * What all bodies that are on their way may take of this process's memory together: whoever begins many and ends none
 * must not fill it. The first bytes of each do not count, so that what people write goes on meanwhile.
 */
const MAX_WAITING_BYTES = 64 * 1024 * 1024;
const FREE_BYTES = 16 * 1024;
let waitingBytes = 0;

/** A request body that is not taken, and what to say to it. */
export class BodyRefused extends Error {
  constructor(readonly refusal: Refusal) {
    super(refusal[2]);
  }
}

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
 * be sent again when a backend pod goes away before it answers. What is refused is not kept.
 * @throws BodyRefused as soon as a limit is passed, RequestAborted when it does not come to its end.
 */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let counted = 0;
  const count = (bytes: number) => {
    waitingBytes += bytes - counted;
    counted = bytes;
  };
  try {
    await receive(request, (chunk, size) => {
      count(Math.max(0, size - FREE_BYTES));
      if (counted > 0 && waitingBytes > MAX_WAITING_BYTES) return TOO_MANY_BODIES;
      chunks.push(chunk);
      return null;
    });
    return Buffer.concat(chunks);
  } finally {
    count(0);
  }
}

/** Lets a body pass whose content nobody wants, and keeps nothing of it; fails as `readBody` does. */
export async function dropBody(request: IncomingMessage): Promise<null> {
  await receive(request, () => null);
  return null;
}

/** Gives the pieces of a body to `take`, with the size so far, which answers a refusal or null; fails as `readBody` does. */
function receive(
  request: IncomingMessage,
  take: (chunk: Buffer, size: number) => Refusal | null,
): Promise<void> {
  return new Promise((resolve, reject) => {
    let size = 0;
    let isRefused = false;
    request.on("data", (chunk: Buffer) => {
      if (isRefused) return;
      size += chunk.byteLength;
      const refusal = size > MAX_BODY_BYTES ? TOO_LARGE : take(chunk, size);
      if (!refusal) return;
      isRefused = true;
      reject(new BodyRefused(refusal));
    });
    request.once("end", resolve);
    request.once("close", () => reject(new RequestAborted())); // after the end this changes nothing
    request.once("error", () => reject(new RequestAborted()));
  });
}
