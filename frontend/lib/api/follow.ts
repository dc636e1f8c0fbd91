import { isLeaving } from "../auth/leaving";
import { ApiError, fetchApi } from "./client";
import { readServerEvents, type ServerEvent } from "./event-stream";
import { pause } from "./pause";

/** A stream that gives no sign of life for so long has broken off unnoticed: three of the server's periods. */
const SILENT_MS = 30_000;
/** One that lasted so long was no failure, however it ended. */
const STEADY_MS = 10_000;
const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 60_000;

/**
 * Follows a stream of events until the signal ends it, or the page is left. One that breaks off goes on after the last event that was
 * heard; while it cannot be had, each try is later than the one before.
 * @throws ApiError when nobody is signed in.
 */
export async function follow(
  path: string,
  after: string | null,
  heard: (event: ServerEvent) => void,
  signal: AbortSignal,
): Promise<void> {
  let lastId = after;
  let failures = 0;
  while (!signal.aborted && !isLeaving()) {
    const began = Date.now();
    try {
      for await (const event of listen(path, lastId, signal)) {
        lastId = event.id ?? lastId;
        heard(event);
      }
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) throw error;
    }
    failures = Date.now() - began < STEADY_MS ? failures + 1 : 0;
    await pause(waitAfter(failures), signal).catch(() => undefined);
  }
}

/** Spread, so that all readers of a server that leaves do not come at once. */
function waitAfter(failures: number): number {
  if (failures === 0) return Math.random() * FIRST_WAIT_MS;
  const wait = Math.min(FIRST_WAIT_MS * 2 ** (failures - 1), LONGEST_WAIT_MS);
  return wait * (0.5 + Math.random() / 2);
}

/** The events of one connection, signs of life among them. */
async function* listen(
  path: string,
  lastId: string | null,
  signal: AbortSignal,
): AsyncGenerator<ServerEvent> {
  const connection = new AbortController();
  const hangUp = () => connection.abort();
  signal.addEventListener("abort", hangUp, { once: true });
  let silence = setTimeout(hangUp, SILENT_MS);
  try {
    const headers: Record<string, string> = lastId === null ? {} : { "Last-Event-ID": lastId };
    const { body } = await fetchApi(path, { headers, signal: connection.signal });
    if (!body) return;
    for await (const event of readServerEvents(body)) {
      clearTimeout(silence);
      silence = setTimeout(hangUp, SILENT_MS);
      yield event;
    }
  } finally {
    clearTimeout(silence);
    signal.removeEventListener("abort", hangUp);
  }
}
