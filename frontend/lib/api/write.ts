import { knownSession } from "../auth/known-session";
import { ApiError, callApi, idempotencyKey, type Call } from "./client";

/** A change as it is sent. */
export interface Write extends Call {
  path: string;
  key: string;
}

/** Where changes wait that cannot be sent (lib/offline/outbox.ts), once that part of the page has come. */
interface Outbox {
  pathOf: (path: string) => string;
  mustWait: (write: Write) => boolean;
  keep: (write: Write, triedAt: number | null) => Promise<unknown>;
}

let outbox: Outbox | null = null;
export const setOutbox = (next: Outbox | null) => void (outbox = next);

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
  const change = former.then(() => send<T>({ method, path, body, key }));
  const ended = change.catch(() => undefined);
  lastChanges.set(task, ended);
  void ended.then(() => lastChanges.get(task) === ended && lastChanges.delete(task));
  return change;
}

/** What was sent for new things whose answers were all lost, by path and what was asked for. */
const lost = new Map<string, { key: string; body: unknown }>();

/**
 * Creates something once, also when the person asks for the same again after every answer was lost. `more` goes with it,
 * and is not what makes it the same.
 */
export async function createOnce<T>(path: string, asked: object, more: object = {}): Promise<T> {
  const name = `${path} ${JSON.stringify(asked)}`;
  const content = lost.get(name) ?? { key: idempotencyKey(), body: { ...asked, ...more } };
  lost.delete(name);
  try {
    return await send<T>({ method: "POST", path, ...content });
  } catch (error) {
    if (isLost(error)) lost.set(name, content);
    throw error;
  }
}

/** Sends a change of this page, as one try. */
export function sendOnce<T>({ path, ...call }: Write): Promise<T> {
  ownKeys.add(call.key);
  return callApi<T>(path, call);
}

/** A change names its person: the server refuses it where another has signed in meanwhile. */
function ownPath(path: string): string {
  const session = knownSession();
  return session ? path.replace("/api/me/", `/api/${session.user.id}/`) : path;
}

async function send<T>(given: Write): Promise<T> {
  const path = ownPath(given.path);
  const write = { ...given, path: outbox?.pathOf(path) ?? path };
  if (outbox?.mustWait(write)) return (await outbox.keep(write, null)) as T;
  const triedAt = Date.now();
  try {
    return await sendUntilAnswered<T>(write);
  } catch (error) {
    if (!outbox || !(error instanceof ApiError) || error.status !== 0) throw error;
    return (await outbox.keep(write, triedAt)) as T;
  }
}

async function sendUntilAnswered<T>(write: Write): Promise<T> {
  for (const wait of WAITS_MS) {
    try {
      return await sendOnce<T>(write);
    } catch (error) {
      if (!isLost(error)) throw error;
      await new Promise((resolve) => setTimeout(resolve, wait));
    }
  }
  return sendOnce<T>(write);
}
