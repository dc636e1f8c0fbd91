import type { IncomingMessage } from "node:http";

/** The largest request body that is passed on. */
export const MAX_BODY_BYTES = 1024 * 1024;

/** A request body over the limit. */
export class BodyTooLarge extends Error {}

/**
 * Reads a request's body, at most MAX_BODY_BYTES of it: it is kept whole so that a request can
 * be sent again when a backend pod goes away before it answers.
 * @throws BodyTooLarge as soon as the limit is passed.
 */
export async function readBody(request: Request): Promise<Uint8Array | null> {
  if (!request.body) return null;
  if (Number(request.headers.get("content-length") ?? 0) > MAX_BODY_BYTES) throw new BodyTooLarge();
  const chunks: Uint8Array[] = [];
  let size = 0;
  const reader = request.body.getReader();
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    size += part.value.byteLength;
    if (size > MAX_BODY_BYTES) throw new BodyTooLarge();
    chunks.push(part.value);
  }
  return Buffer.concat(chunks);
}

/** An answer's body as a web stream: as fast as the browser reads, and ended when it goes. */
export function streamBody(message: IncomingMessage): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      message.on("data", (chunk: Buffer) => {
        controller.enqueue(chunk);
        if ((controller.desiredSize ?? 0) <= 0) message.pause();
      });
      message.once("end", () => controller.close());
      message.once("error", (error) => controller.error(error));
    },
    pull: () => void message.resume(),
    cancel() {
      message.removeAllListeners("data"); // what has arrived already has nowhere to go
      message.destroy();
    },
  });
}
