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

/** How often a backend gives a sign of life on a stream of events, unless the answer's head says another period. */
const BEAT_SECONDS = 10;
const BEATS_HEADER = "x-beat-seconds";
/** A backend from which nothing was heard for so many periods hangs. */
const MISSED_BEATS = 3;

/**
 * An answer's body as a web stream: as fast as the browser reads, and ended when it goes. A stream of events that
 * falls silent is broken off, so that its reader can ask again instead of waiting for a pod that hangs.
 *
 * Silence is counted in periods during which this process ran: what arrived while it did not is read before the next.
 */
export function streamBody(message: IncomingMessage): ReadableStream<Uint8Array> {
  const isEvents = message.headers["content-type"]?.startsWith("text/event-stream");
  const beatMs = Number(message.headers[BEATS_HEADER] ?? BEAT_SECONDS) * 1000;
  let silence: NodeJS.Timeout | undefined;
  const listen = () => {
    clearInterval(silence);
    if (!isEvents) return;
    let missed = 0;
    silence = setInterval(() => {
      if (++missed < MISSED_BEATS) return;
      message.destroy(new Error(`silent for ${MISSED_BEATS * beatMs} ms`));
    }, beatMs);
  };
  return new ReadableStream({
    start(controller) {
      listen();
      message.on("data", (chunk: Buffer) => {
        controller.enqueue(chunk);
        listen();
        if ((controller.desiredSize ?? 0) > 0) return;
        message.pause();
        clearInterval(silence); // it is the browser that takes its time
      });
      message.once("end", () => controller.close());
      message.once("error", (error) => controller.error(error));
      message.once("close", () => clearInterval(silence));
    },
    pull: () => {
      if (!message.isPaused()) return;
      message.resume();
      listen();
    },
    cancel() {
      message.removeAllListeners("data"); // what has arrived already has nowhere to go
      message.destroy();
    },
  });
}
