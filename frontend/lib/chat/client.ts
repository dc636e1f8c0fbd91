import { ApiError, callApi, fetchApi } from "../api/client";
import { pause } from "../api/pause";
import { readEvents } from "./event-stream";
import type { ChatEvent, Page, Thread, ThreadItem, ThreadWithItems, TurnRequest } from "./protocol";

const ENDPOINT = "/chatkit";
const PAGE_SIZE = 50;

const call = <T>(type: string, params: object, signal?: AbortSignal) =>
  callApi<T>(ENDPOINT, { method: "POST", body: { type, params }, signal });

/** The person's conversations, newest first; `before` goes further back. */
export function listThreads(before?: string, signal?: AbortSignal): Promise<Page<Thread>> {
  const params = { limit: PAGE_SIZE, order: "desc", ...(before ? { after: before } : {}) };
  return call("threads.list", params, signal);
}

/** One conversation (its title, and whether it is still there). */
export function getThread(threadId: string, signal?: AbortSignal): Promise<ThreadWithItems> {
  return call("threads.get_by_id", { thread_id: threadId }, signal);
}

/** The latest items of a conversation, oldest first; `before` goes further back. */
export async function listItems(
  threadId: string,
  before?: string,
  signal?: AbortSignal,
): Promise<{ items: ThreadItem[]; hasMore: boolean }> {
  const page = await call<Page<ThreadItem>>(
    "items.list",
    { thread_id: threadId, limit: PAGE_SIZE, order: "desc", ...(before ? { after: before } : {}) },
    signal,
  );
  return { items: page.data.toReversed(), hasMore: page.has_more };
}

export function renameThread(threadId: string, title: string): Promise<Thread> {
  return call("threads.update", { thread_id: threadId, title });
}

export function deleteThread(threadId: string): Promise<void> {
  return call("threads.delete", { thread_id: threadId });
}

export interface Turn {
  request: TurnRequest;
  /** Stands for this turn: the server runs it once, however often it is asked for. */
  key: string;
}

/** Waits before a turn is asked for again: at once where its pod went, later where none answers. */
const WAITS_MS = [100, 1_000, 2_000];
/** The code of a 409 for a turn whose key is in use, which is answered after some seconds, in which its process gave a sign. */
const UNDER_WAY = "request_under_way";
const UNDER_WAY_LIMIT_MS = 20_000;
const UNDER_WAY_MS = 1_000;

/**
 * Runs one turn and yields what happens; aborting the signal stops the assistant. A turn whose answer is lost or
 * breaks off is asked for again under its key: it is then shown whole, or goes on from what the person said.
 * @throws what went wrong first, when that does not help.
 */
export async function* runTurn(
  { request, key }: Turn,
  signal: AbortSignal,
  onInterrupted: () => void,
): AsyncGenerator<ChatEvent> {
  const waits = [...WAITS_MS];
  let first: unknown;
  let underWayUntil = 0;
  for (;;) {
    try {
      const response = await fetchApi(ENDPOINT, { method: "POST", body: request, signal, key });
      if (response.body) yield* readEvents(response.body);
      return;
    } catch (error) {
      if (signal.aborted) throw error;
      first ??= error;
      let wait: number | undefined;
      if (error instanceof ApiError && error.code === UNDER_WAY) {
        underWayUntil ||= Date.now() + UNDER_WAY_LIMIT_MS;
        wait = Date.now() < underWayUntil ? UNDER_WAY_MS : undefined;
      } else if (!(error instanceof ApiError) || error.isTransient) {
        wait = waits.shift();
      }
      if (wait === undefined) throw first;
      onInterrupted();
      await pause(wait, signal);
    }
  }
}
