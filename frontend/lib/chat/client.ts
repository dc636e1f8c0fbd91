import { callApi, fetchApi } from "../api/client";
import { readEvents } from "./event-stream";
import type { ChatEvent, Page, Thread, ThreadItem, ThreadWithItems, TurnRequest } from "./protocol";

const ENDPOINT = "/chatkit";
const PAGE_SIZE = 50;

const call = <T>(type: string, params: object, signal?: AbortSignal) =>
  callApi<T>(ENDPOINT, { method: "POST", body: { type, params }, signal });

/** The person's conversations, newest first. */
export function listThreads(signal?: AbortSignal): Promise<Page<Thread>> {
  return call("threads.list", { limit: PAGE_SIZE, order: "desc" }, signal);
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

/** Runs one turn and yields what happens; aborting the signal stops the assistant. */
export async function* runTurn(
  request: TurnRequest,
  signal: AbortSignal,
): AsyncGenerator<ChatEvent> {
  const response = await fetchApi(ENDPOINT, { method: "POST", body: request, signal });
  if (response.body) yield* readEvents(response.body);
}
