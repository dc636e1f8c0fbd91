import { getConfig } from "../lib/config";

/** How one request is treated while its answer is missing. */
export interface Policy {
  /**
   * `hedge`: sent again while the first is unanswered, the first answer counts. `after-loss`: sent again
   * when its connection broke. `never`: the backend sees it once.
   */
  repeat: "hedge" | "after-loss" | "never";
  /** How long the head of the answer may take. */
  answerWithinMs: number;
}

const TASKS = /^\/api\/[^/]+\/tasks(\/|$)/;
const TURN = /^\/(api\/[^/]+\/chat|chatkit)\/?$/;

/** Tasks cost milliseconds; this is long enough for a database that has to wake up. */
const TASKS_ANSWER_MS = 30_000;

/**
 * What may be done with a request that is not answered. Reading changes nothing. A write may be repeated where
 * the backend remembers its `Idempotency-Key`: one to tasks waits for the first and answers the same, also in a
 * process that hung and finds it late. A chat turn under way would answer 409, so that one is only repeated when
 * the first is gone. Everything else would happen twice, or late, over a newer change.
 */
export function policyFor(method: string, pathname: string, hasKey: boolean): Policy {
  const answerWithinMs = TASKS.test(pathname) ? TASKS_ANSWER_MS : getConfig().assistantTimeoutMs;
  if (method === "GET" || method === "HEAD" || (hasKey && TASKS.test(pathname)))
    return { repeat: "hedge", answerWithinMs };
  return { repeat: hasKey && TURN.test(pathname) ? "after-loss" : "never", answerWithinMs };
}
