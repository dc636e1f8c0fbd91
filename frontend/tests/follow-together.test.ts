import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { ServerEvent } from "@/lib/api/event-stream";

type Heard = (event: ServerEvent) => void;

interface Stream {
  after: string | null;
  heard: Heard;
  signal: AbortSignal;
}

const streams: Stream[] = [];
const open = () => streams.filter(({ signal }) => !signal.aborted);

vi.mock("@/lib/api/follow", () => ({
  follow: (_: string, after: string | null, heard: Heard, signal: AbortSignal) => {
    streams.push({ after, heard, signal });
    return new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
  },
}));

/** Web Locks as far as they are used here: one holder at a time, in the order in which they asked. */
class Locks {
  private last: Promise<unknown> = Promise.resolve();
  private held = 0;

  request(
    _: string,
    { signal, ifAvailable }: { signal?: AbortSignal; ifAvailable?: boolean },
    hold: (lock: object | null) => Promise<unknown>,
  ) {
    if (ifAvailable && this.held > 0) return hold(null);
    this.held++;
    const mine = this.last
      .then(() => {
        signal?.throwIfAborted();
        return hold({});
      })
      .finally(() => this.held--);
    this.last = mine.catch(() => undefined);
    return mine;
  }
}

/** A browser whose tabs are all this process; what is visible is said of all of them. */
const page = new EventTarget() as EventTarget & { visibilityState: string };

function show(state: "visible" | "hidden"): void {
  page.visibilityState = state;
  page.dispatchEvent(new Event("visibilitychange"));
}

const channels = new Set<Channel>();
class Channel {
  onmessage: ((message: { data: unknown }) => void) | null = null;
  constructor(readonly name: string) {
    channels.add(this);
  }
  postMessage(data: unknown) {
    for (const other of channels) if (other !== this) other.onmessage?.({ data });
  }
  close() {
    channels.delete(this);
  }
}

beforeEach(() => {
  vi.useFakeTimers();
  streams.length = 0;
  channels.clear();
  page.visibilityState = "visible";
  vi.stubGlobal("document", page);
  vi.stubGlobal("BroadcastChannel", Channel);
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

async function openTab(joined?: () => void): Promise<{ heard: ServerEvent[]; close: () => void }> {
  const { followTogether } = await import("@/lib/api/follow-together");
  const heard: ServerEvent[] = [];
  const close = followTogether(
    "/api/me/events",
    "n",
    (event) => heard.push(event),
    vi.fn(),
    joined,
  );
  await vi.advanceTimersByTimeAsync(0);
  return { heard, close };
}

const event = (id: string): ServerEvent => ({ type: "changes", id, data: "{}" });

describe("with locks", () => {
  beforeEach(() => vi.stubGlobal("navigator", { locks: new Locks() }));

  it("ten tabs have one stream, and each hears all of it", async () => {
    const tabs = [];
    for (let tab = 0; tab < 10; tab++) tabs.push(await openTab());
    expect(streams).toHaveLength(1);
    streams[0]!.heard(event("1"));
    for (const { heard } of tabs) expect(heard).toEqual([event("1")]);
    for (const { close } of tabs) close();
  });

  it("a tab that joins is told, for what was before it listened", async () => {
    const joined = [vi.fn(), vi.fn()];
    const tabs = [await openTab(joined[0]), await openTab(joined[1])];
    expect(joined.map(({ mock }) => mock.calls.length)).toEqual([0, 1]);
    for (const { close } of tabs) close();
  });

  it("the next tab goes on where the one was that is closed", async () => {
    const [first, second] = [await openTab(), await openTab()];
    streams[0]!.heard(event("7"));
    first.close();
    await vi.advanceTimersByTimeAsync(0);
    expect(open().map(({ after }) => after)).toEqual(["7"]);
    second.close();
    expect(open()).toEqual([]);
  });

  it("a page that is hidden for a minute follows no more, and goes on when it is seen", async () => {
    const { close } = await openTab();
    streams[0]!.heard(event("3"));
    show("hidden");
    await vi.advanceTimersByTimeAsync(59_000);
    show("visible");
    show("hidden");
    await vi.advanceTimersByTimeAsync(59_000);
    expect(open()).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(open()).toEqual([]);
    show("visible");
    await vi.advanceTimersByTimeAsync(0);
    expect(open().map(({ after }) => after)).toEqual(["3"]);
    close();
  });
});

describe("without locks, as on plain http", () => {
  beforeEach(() => vi.stubGlobal("navigator", {}));

  it("each tab has a stream while it is looked at, and hears what it says once", async () => {
    const [first, second] = [await openTab(), await openTab()];
    expect(open()).toHaveLength(2);
    streams[0]!.heard(event("1"));
    streams[1]!.heard(event("1"));
    expect([first.heard, second.heard]).toEqual([[event("1")], [event("1")]]);
    show("hidden");
    await vi.advanceTimersByTimeAsync(1);
    expect(open()).toEqual([]);
    first.close();
    second.close();
  });
});
