import { getConfig } from "../lib/config";

/** How one request is treated while its answer is missing. */
export interface Policy {
  /**
   * `hedge`: sent again when its connection broke, and while it is unanswered; the first answer counts.
   * `never`: the backend sees it once.
   */
  repeat: "hedge" | "never";
  /** How often it is sent again after the first few times; Infinity: not any more. */
  hedgeEveryMs: number;
  /** Whether a connection will do that was used before, which may end in that moment, or lead to a pod that hangs. */
  mayUseKept: boolean;
  /** How long the head of the answer may take. */
  answerWithinMs: number;
  /** Whether its replica has next to nothing to do for it, however long the answer goes on. */
  isIdle: boolean;
}

const TASKS = /^\/api\/[^/]+\/(tasks(\/|$)|(undo|redo|changes|import)\/?$)/;
const TURN = /^\/(api\/[^/]+\/chat|chatkit)\/?$/;
/** A stream that tells of changes, without an end. */
const FEED = /^\/api\/[^/]+\/events\/?$/;

/** A feed begins before anything is looked up. */
const FEED_ANSWER_MS = 10_000;

/** Tasks cost milliseconds; this is long enough for a database that has to wake up. */
const TASKS_ANSWER_MS = 30_000;

/**
 * Whatever a turn's process does, another may take it over 3 s after the last heartbeat, if it is asked then. While it
 * lives, to be told so costs next to nothing.
 */
const TURN_HEDGE_EVERY_MS = 3_000;

/** The page goes on after the last event that it has by itself; two streams would tell it the same. */
const FEED_POLICY: Policy = {
  repeat: "never",
  hedgeEveryMs: Infinity,
  mayUseKept: false,
  answerWithinMs: FEED_ANSWER_MS,
  isIdle: true,
};

/** Whether a path is that of a stream that tells of changes. */
export const isFeed = (pathname: string) => FEED.test(pathname);

/**
 * What may be done with a request that is not answered. Reading changes nothing. A write may be repeated where
 * the backend remembers its `Idempotency-Key`: one to tasks waits for the first and answers the same, also in a
 * process that hung and finds it late, and a chat turn answers 409 for as long as the first lives. Everything else
 * would happen twice, or late, over a newer change.
 */
export function policyFor(method: string, pathname: string, hasKey: boolean): Policy {
  if (isFeed(pathname)) return FEED_POLICY;
  const answerWithinMs = TASKS.test(pathname) ? TASKS_ANSWER_MS : getConfig().assistantTimeoutMs;
  const isCheap = method === "GET" || method === "HEAD" || (hasKey && TASKS.test(pathname));
  const isTurn = hasKey && TURN.test(pathname);
  return {
    repeat: isCheap || isTurn ? "hedge" : "never",
    hedgeEveryMs: isTurn ? TURN_HEDGE_EVERY_MS : Infinity,
    mayUseKept: isCheap,
    answerWithinMs,
    isIdle: false,
  };
}
