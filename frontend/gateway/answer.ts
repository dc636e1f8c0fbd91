import type { IncomingMessage, ServerResponse } from "node:http";
import { createGzip } from "node:zlib";
import type { Writable } from "node:stream";
import { SECURITY_HEADERS } from "../lib/security-headers";
import { announcesTooMuch } from "./body";
import { isEventStream, type HeaderList } from "./headers";

/** What every answer that is made here says, for `writeHead`. */
export const SECURITY: HeaderList = Object.entries(SECURITY_HEADERS).flat();

/** How often a backend gives a sign of life on a stream of events, unless the answer's head says another period. */
const BEAT_SECONDS = 10;
const BEATS_HEADER = "x-beat-seconds";
/** A backend from which nothing was heard for so many periods hangs. */
const MISSED_BEATS = 3;

/** A stream of events whose backend hangs. */
export class FellSilent extends Error {}

/** Answers that are smaller gain nothing by it. */
const COMPRESS_FROM_BYTES = 1024;

/** In an `Accept-Encoding`: gzip, unless its weight is 0. */
const TAKES_GZIP = /(^|[\s,])gzip\s*(?!\s*;\s*q=0(\.0*)?\s*(,|$))(;|,|$)/i;

/** Writes an answer that was made here, whole. */
export async function send(response: ServerResponse, answer: Response): Promise<void> {
  const headers: HeaderList = [...SECURITY];
  answer.headers.forEach((value, name) => {
    if (name !== "set-cookie") headers.push(name, value);
  });
  for (const cookie of answer.headers.getSetCookie()) headers.push("set-cookie", cookie);
  const body = Buffer.from(await answer.arrayBuffer());
  if (answer.status !== 204) headers.push("content-length", String(body.byteLength));
  if (response.headersSent || response.destroyed) return;
  if (!response.req.complete) response.shouldKeepAlive &&= isSending(response.req);
  response.writeHead(answer.status, headers).end(body);
}

/**
 * Whether the rest of a request is on its way. To hang up then would take the answer away from who sends: what comes
 * is thrown away. Who asked before sending, and was refused, sends nothing any more.
 */
const isSending = (request: IncomingMessage) =>
  !("expect" in request.headers && announcesTooMuch(request));

/**
 * Passes an answer of the backend on under these headers: as fast as the browser reads, and ended when it goes. Returns
 * what ends it as if the backend had.
 */
export function pass(
  request: IncomingMessage,
  answer: IncomingMessage,
  response: ServerResponse,
  headers: HeaderList,
): () => void {
  headers.push(...SECURITY);
  const isCompressed = isCompressible(request, answer);
  if (isCompressed) {
    removeHeader(headers, "content-length");
    headers.push("content-encoding", "gzip", "vary", "accept-encoding");
  }
  response.writeHead(answer.statusCode ?? 502, headers);
  const target = isCompressed ? createGzip() : response;
  if (target !== response) target.pipe(response);
  return stream(answer, target, () => {
    target.destroy();
    response.destroy();
  });
}

/**
 * Writes an answer's body to a target. A stream of events that falls silent is broken off, so that its reader can ask
 * again instead of waiting for a pod that hangs; one that is read slowly is not. Returns what ends it as if the answer
 * had come to its end.
 */
export function stream(
  answer: IncomingMessage,
  target: Writable,
  breakOff: () => void,
): () => void {
  const silence = isEventStream(answer) ? new Silence(answer) : undefined;
  silence?.begin();
  const write = (chunk: Buffer) => {
    if (target.write(chunk)) return silence?.begin();
    answer.pause();
    silence?.end(); // it is the browser that takes its time
  };
  answer.on("data", write);
  target.on("drain", () => {
    answer.resume();
    silence?.begin();
  });
  answer.once("end", () => target.end());
  answer.once("error", breakOff);
  answer.once("close", () => silence?.end());
  return () => {
    answer.off("data", write).off("error", breakOff);
    answer.on("error", () => undefined);
    target.end(() => answer.destroy());
  };
}

/**
 * The silence of a backend, counted in periods during which this process ran: what arrived while it did not is read
 * before the next.
 */
class Silence {
  private readonly beatMs: number;
  private periods: NodeJS.Timeout | undefined;
  private missed = 0;

  constructor(private readonly answer: IncomingMessage) {
    this.beatMs = (Number(answer.headers[BEATS_HEADER]) || BEAT_SECONDS) * 1000;
  }

  /** Something was heard. */
  begin(): void {
    this.missed = 0;
    if (this.answer.destroyed) return;
    if (this.periods) this.periods.refresh();
    else this.periods = setInterval(() => this.miss(), this.beatMs);
  }

  end(): void {
    clearInterval(this.periods);
    this.periods = undefined;
  }

  private miss(): void {
    if (++this.missed < MISSED_BEATS) return;
    this.end();
    this.answer.destroy(new FellSilent(`silent for ${MISSED_BEATS * this.beatMs} ms`));
  }
}

/** Whether an answer gets smaller on the way to this browser: as text that nothing may be held back of does not. */
function isCompressible({ method, headers: asked }: IncomingMessage, { headers }: IncomingMessage) {
  if (method === "HEAD" || !TAKES_GZIP.test(String(asked["accept-encoding"] ?? ""))) return false;
  if (
    !/^(application\/([a-z.]+\+)?json|text\/(?!event-stream))/.test(headers["content-type"] ?? "")
  )
    return false;
  if (headers["content-encoding"] || /no-transform/.test(headers["cache-control"] ?? ""))
    return false;
  return Number(headers["content-length"] ?? 0) >= COMPRESS_FROM_BYTES;
}

function removeHeader(headers: HeaderList, name: string): void {
  for (let at = 0; at < headers.length; at += 2)
    if (headers[at] === name) return void headers.splice(at, 2);
}
