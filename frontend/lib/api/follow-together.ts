import type { ServerEvent } from "./event-stream";
import { follow } from "./follow";

/** A page that nobody has looked at for so long follows no more. */
const HIDDEN_MS = 60_000;

/**
 * Follows a stream of events in one tab of this browser, which tells the others: a browser has six connections for a
 * site, and a stream holds one. The tab that holds the lock of that name is the one; when it goes, the next goes on
 * where it was. On plain http there are no locks: each tab follows for itself, while it is looked at.
 *
 * Another tab's stream says nothing of what was before this one listened: `joined` is called then.
 *
 * Returns what ends it.
 */
export function followTogether(
  path: string,
  name: string,
  heard: (event: ServerEvent) => void,
  failed: (error: unknown) => void,
  joined: () => void = () => undefined,
): () => void {
  const { locks } = navigator as { locks?: LockManager };
  const channel = new BroadcastChannel(name);
  let lastId: string | null = null;
  let following: AbortController | undefined;
  let hiding: ReturnType<typeof setTimeout> | undefined;

  function hear(event: ServerEvent): void {
    lastId = event.id ?? lastId;
    heard(event);
  }

  function hearAndTell(event: ServerEvent): void {
    if (locks) channel.postMessage(event);
    hear(event);
  }

  function begin(): void {
    clearTimeout(hiding);
    if (following) return;
    const { signal } = (following = new AbortController());
    const lead = () => follow(path, lastId, hearAndTell, signal);
    const led = locks ? leadInTurn(locks, lead, signal) : lead();
    led.catch((error: unknown) => signal.aborted || failed(error));
  }

  async function leadInTurn(
    locks: LockManager,
    lead: () => Promise<void>,
    signal: AbortSignal,
  ): Promise<void> {
    const isLed = await locks.request(name, { ifAvailable: true }, async (lock) => {
      if (lock) await lead();
      return lock !== null;
    });
    if (isLed || signal.aborted) return;
    joined();
    await locks.request(name, { signal }, lead);
  }

  function end(): void {
    following?.abort();
    following = undefined;
  }

  function look(): void {
    if (document.visibilityState === "visible") return begin();
    clearTimeout(hiding);
    hiding = setTimeout(end, locks ? HIDDEN_MS : 0);
  }

  channel.onmessage = ({ data }: MessageEvent<ServerEvent>) => hear(data);
  document.addEventListener("visibilitychange", look);
  look();
  return () => {
    document.removeEventListener("visibilitychange", look);
    clearTimeout(hiding);
    end();
    channel.close();
  };
}
