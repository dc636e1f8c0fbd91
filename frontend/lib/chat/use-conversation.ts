"use client";

import { infiniteQueryOptions, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useReducer, useRef } from "react";
import { ApiError, idempotencyKey } from "../api/client";
import { refetchChanged } from "../api/query-client";
import { TASKS } from "../tasks/keys";
import {
  deleteThread,
  getThread,
  listItems,
  listThreads,
  renameThread,
  runTurn,
  type Turn,
} from "./client";
import {
  conversationReducer,
  lastUserMessage,
  NEW_CONVERSATION,
  type ConversationAction,
} from "./conversation";
import { userMessage, type TurnRequest } from "./protocol";

/** First part of the key of the list of conversations. */
export const THREADS = ["threads"] as const;

/** The list of conversations, newest first, page after page. */
export const threadList = infiniteQueryOptions({
  queryKey: THREADS,
  initialPageParam: undefined as string | undefined,
  queryFn: ({ pageParam, signal }) => listThreads(pageParam, signal),
  getNextPageParam: ({ data, has_more }) => (has_more ? data.at(-1)?.id : undefined),
  staleTime: 0,
});

const TASKS_CHANGED = "tasks_changed";
const STOPPED = "You stopped the answer.";
const BROKEN = "The connection broke before the answer was complete.";

/** How often an answer is looked for that is on its way elsewhere. */
const AWAITED_MS = 1_000;

/** What the server has of a conversation: its latest messages. */
async function read(id: string): Promise<Extract<ConversationAction, { type: "opened" }>> {
  const thread = await getThread(id);
  const page = await listItems(id); // not before: an answer that is on its way no more is among them
  return { type: "opened", thread, items: page.items, hasEarlier: page.hasMore };
}

/** One conversation at a time: open it, talk in it, stop, try again. */
export function useConversation() {
  const client = useQueryClient();
  const [state, dispatch] = useReducer(conversationReducer, NEW_CONVERSATION);
  const turn = useRef<AbortController | null>(null);
  const threadId = useRef<string | null>(null);
  const latest = useRef<Turn | null>(null);
  /** The conversation to show once it has arrived, unless something else is begun before. */
  const opening = useRef<string | null>(null);

  /** Shows what the server has of the present conversation, unless a turn began in it meanwhile. */
  const reload = useCallback(async (id: string) => {
    const present = turn.current;
    const opened = await read(id);
    if (threadId.current === id && turn.current === present) dispatch(opened);
  }, []);

  const run = useCallback(
    async (request: TurnRequest, text: string | null, key = idempotencyKey()) => {
      const controller = new AbortController();
      turn.current = controller;
      opening.current = null;
      let ownThread = threadId.current;
      latest.current = { request, key };
      dispatch({ type: "started", text });
      const isCurrent = () => turn.current === controller;
      const onInterrupted = () => {
        if (isCurrent()) dispatch({ type: "interrupted" });
      };
      try {
        for await (const event of runTurn({ request, key }, controller.signal, onInterrupted)) {
          if (event.type === "client_effect" && event.name === TASKS_CHANGED) {
            void refetchChanged(client, TASKS);
          }
          if (event.type === "thread.created") ownThread = event.thread.id;
          if (!isCurrent()) continue;
          threadId.current = ownThread;
          dispatch({ type: "event", event });
        }
        if (isCurrent()) dispatch({ type: "ended" });
      } catch (error) {
        if (!isCurrent()) return;
        if (controller.signal.aborted) {
          dispatch({ type: "ended", problem: { message: STOPPED, canRetry: true, tone: "calm" } });
        } else if (error instanceof ApiError) {
          dispatch({
            type: "ended",
            problem: { message: error.message, canRetry: true, tone: "bad" },
          });
        } else {
          dispatch({ type: "ended", problem: { message: BROKEN, canRetry: true, tone: "bad" } });
          // What the server kept of a turn that was cut short is the truth.
          if (ownThread) await reload(ownThread).catch(() => undefined);
        }
      } finally {
        if (isCurrent()) turn.current = null;
        // The person left, and is back before the answer was there.
        else if (ownThread && ownThread === threadId.current && !turn.current)
          void reload(ownThread).catch(() => undefined);
        void refetchChanged(client, TASKS);
        void refetchChanged(client, THREADS);
      }
    },
    [client, reload],
  );

  const send = useCallback(
    (text: string) => {
      const input = userMessage(text);
      const id = threadId.current;
      return run(
        id
          ? { type: "threads.add_user_message", params: { thread_id: id, input } }
          : { type: "threads.create", params: { input } },
        text,
      );
    },
    [run],
  );

  /** Answers the last message again, or sends it again when the server never got it. */
  const retry = useCallback(() => {
    // Under the same key: it may have arrived all the same.
    if (state.unconfirmed !== null && latest.current)
      return run(latest.current.request, state.unconfirmed, latest.current.key);
    const item = state.items[lastUserMessage(state.items)];
    const id = threadId.current;
    if (!item || !id) return undefined;
    return run(
      { type: "threads.retry_after_item", params: { thread_id: id, item_id: item.id } },
      null,
    );
  }, [run, state.items, state.unconfirmed]);

  const stop = useCallback(() => turn.current?.abort(), []);

  /** Leaves whatever is going on to end by itself on the server. */
  const leave = useCallback(() => {
    turn.current = null;
    opening.current = null;
  }, []);

  const startNew = useCallback(() => {
    leave();
    threadId.current = null;
    dispatch({ type: "reset" });
  }, [leave]);

  const open = useCallback(
    async (id: string) => {
      // It is the one that is shown, with an answer on its way.
      const isHere = id === threadId.current && turn.current !== null;
      opening.current = isHere ? null : id;
      if (isHere) return;
      const opened = await read(id);
      if (opening.current !== id) return;
      leave();
      threadId.current = id;
      dispatch(opened);
    },
    [leave],
  );

  const loadEarlier = useCallback(async () => {
    const first = state.items[0];
    const id = threadId.current;
    if (!first || !id) return;
    const { items, hasMore } = await listItems(id, first.id);
    if (threadId.current === id) dispatch({ type: "earlier", items, hasEarlier: hasMore });
  }, [state.items]);

  const rename = useCallback(
    async (id: string, title: string) => {
      await renameThread(id, title);
      if (threadId.current === id) dispatch({ type: "renamed", title });
      await refetchChanged(client, THREADS);
    },
    [client],
  );

  const remove = useCallback(
    async (id: string) => {
      await deleteThread(id);
      if (threadId.current === id) startNew();
      await refetchChanged(client, THREADS);
    },
    [client, startNew],
  );

  const awaitedIn = state.awaited ? state.thread?.id : undefined;
  useEffect(() => {
    if (!awaitedIn) return undefined;
    const look = setInterval(() => void reload(awaitedIn).catch(() => undefined), AWAITED_MS);
    return () => {
      clearInterval(look);
      void refetchChanged(client, TASKS);
    };
  }, [awaitedIn, client, reload]);

  // The server gets ready for a turn when somebody looks at conversations.
  useEffect(() => void client.prefetchInfiniteQuery(threadList), [client]);

  useEffect(() => () => turn.current?.abort(), []);

  return { ...state, send, retry, stop, startNew, open, loadEarlier, rename, remove };
}
