import { ApiError, callApi, idempotencyKey, type Call } from "./client";

/** Waits before the second and the third try. */
const WAITS_MS = [1_000, 2_000];

const isLost = (error: unknown) => error instanceof ApiError && error.isTransient;

/** The keys of what this page has sent. */
const ownKeys = new Set<string>();

/** Whether a change is one that this page made: its key is the change's id. Each is told of once, and forgotten then. */
export function isOwnWrite(changeId: string): boolean {
  return ownKeys.delete(changeId.replaceAll("-", ""));
}

/** The changes under way, each the last of its task. */
const lastChanges = new Map<string, Promise<unknown>>();

/**
 * Changes a task once: sent again under one key while its answer gets lost. Changes of one task are sent one after
 * the other, or a slow one would undo a later one.
 */
export function changeOnce<T>(method: Call["method"], path: string, body?: unknown): Promise<T> {
  const task = /^.*\/tasks\/\d+/.exec(path)?.[0] ?? path;
  const key = idempotencyKey();
  const former = lastChanges.get(task) ?? Promise.resolve();
  const change = former.then(() => send<T>(path, { method, body, key }));
  const ended = change.catch(() => undefined);
  lastChanges.set(task, ended);
  void ended.then(() => lastChanges.get(task) === ended && lastChanges.delete(task));
  return change;
}

/** Keys of new things whose answers were all lost, by path and body. */
const lostKeys = new Map<string, string>();

/** Creates something once, also when the person asks for the same again after every answer was lost. */
export async function createOnce<T>(path: string, body: unknown): Promise<T> {
  const asked = `${path} ${JSON.stringify(body)}`;
  const key = lostKeys.get(asked) ?? idempotencyKey();
  lostKeys.delete(asked);
  try {
    return await send<T>(path, { method: "POST", body, key });
  } catch (error) {
    if (isLost(error)) lostKeys.set(asked, key);
    throw error;
  }
}

async function send<T>(path: string, call: Call & { key: string }): Promise<T> {
  ownKeys.add(call.key);
  for (const wait of WAITS_MS) {
    try {
      return await callApi<T>(path, call);
    } catch (error) {
      if (!isLost(error)) throw error;
      await new Promise((resolve) => setTimeout(resolve, wait));
    }
  }
  return callApi<T>(path, call);
}
