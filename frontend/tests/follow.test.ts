import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { ServerEvent } from "@/lib/api/event-stream";
import { follow } from "@/lib/api/follow";

const leaving = vi.hoisted(() => ({ page: false }));
vi.mock("@/lib/auth/leaving", () => ({ isLeaving: () => leaving.page }));

interface Asked {
  lastId: string | null;
  at: number;
}

/** What the server does with the nth request: it answers so, and keeps the stream open where it says so. */
type Reply = { status: number } | { text: string; stays?: boolean } | "unreachable";

let asked: Asked[];
let replies: Reply[];
let heard: ServerEvent[];
let stop: AbortController;

beforeEach(() => {
  vi.useFakeTimers();
  vi.spyOn(Math, "random").mockReturnValue(1);
  asked = [];
  heard = [];
  stop = new AbortController();
  vi.stubGlobal("fetch", async (_: string, { headers, signal }: RequestInit) => {
    const lastId = new Headers(headers).get("last-event-id");
    asked.push({ lastId, at: Date.now() });
    const reply = replies.shift() ?? { text: "", stays: true };
    if (reply === "unreachable") throw new TypeError("failed");
    if ("status" in reply) return new Response("{}", { status: reply.status });
    return new Response(
      new ReadableStream({
        start(controller) {
          controller.enqueue(new TextEncoder().encode(reply.text));
          if (!reply.stays) controller.close();
          signal!.addEventListener("abort", () => controller.error(signal!.reason));
        },
      }),
    );
  });
});

afterEach(() => {
  stop.abort();
  leaving.page = false;
  vi.useRealTimers();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

const begin = (after: string | null = null) =>
  follow("/api/me/events", after, (event) => heard.push(event), stop.signal);

const waits = () => asked.slice(1).map(({ at }, index) => at - asked[index]!.at);

describe("a stream of events", () => {
  it("goes on after the last event that was heard, signs of life among them", async () => {
    replies = [
      { text: "event: open\nid: a\ndata: {}\n\n" },
      { text: ":\nid: b\n\n" },
      { text: "event: changes\nid: c\ndata: 1\n\nevent: changes\nid: d\nda" },
    ];
    void begin("before");
    await vi.advanceTimersByTimeAsync(60_000);
    expect(asked.slice(0, 4).map(({ lastId }) => lastId)).toEqual(["before", "a", "b", "c"]);
    expect(heard.map(({ type, data }) => [type, data])).toEqual([
      ["open", "{}"],
      ["message", null],
      ["changes", "1"],
    ]);
  });

  it.each<[string, Reply]>([
    ["is refused as one too many", { status: 429 }],
    ["is not there yet", { status: 404 }],
    ["has no server", { status: 502 }],
    ["cannot be reached", "unreachable"],
    ["ends at once", { text: "" }],
  ])("that %s is asked for later and later", async (_, reply) => {
    replies = Array.from({ length: 9 }, () => reply);
    void begin();
    await vi.advanceTimersByTimeAsync(300_000);
    expect(waits().slice(0, 8)).toEqual([
      1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000,
    ]);
  });

  it("that falls silent is asked for again", async () => {
    replies = [{ text: "event: open\nid: a\ndata: {}\n\n", stays: true }];
    void begin();
    await vi.advanceTimersByTimeAsync(29_000);
    expect(asked).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(3_000);
    expect(asked.map(({ lastId }) => lastId)).toEqual([null, "a"]);
  });

  it("is not begun anew by a page that is left", async () => {
    replies = [{ text: "event: open\nid: a\ndata: {}\n\n" }];
    const followed = begin();
    await vi.advanceTimersByTimeAsync(0);
    leaving.page = true;
    await vi.advanceTimersByTimeAsync(60_000);
    await followed;
    expect(asked).toHaveLength(1);
  });

  it("ends for who is signed out", async () => {
    replies = [{ status: 401 }];
    await expect(begin()).rejects.toMatchObject({ status: 401 });
  });

  it("ends when it is told to, wherever it waits", async () => {
    replies = [{ status: 503 }];
    const following = begin();
    await vi.advanceTimersByTimeAsync(100);
    stop.abort();
    await following;
    await vi.advanceTimersByTimeAsync(120_000);
    expect(asked).toHaveLength(1);
  });
});
