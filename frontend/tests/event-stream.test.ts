import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readServerEvents } from "@/lib/api/event-stream";
import { readEvents } from "@/lib/chat/event-stream";
import type { ChatEvent } from "@/lib/chat/protocol";

function streamOf(chunks: Uint8Array[]): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk);
      controller.close();
    },
  });
}

async function collect(chunks: Uint8Array[]): Promise<ChatEvent[]> {
  const events: ChatEvent[] = [];
  for await (const event of readEvents(streamOf(chunks))) events.push(event);
  return events;
}

const bytes = (text: string) => new TextEncoder().encode(text);

/** Cuts bytes at the given places, in the middle of a character as readily as anywhere. */
function cut(data: Uint8Array, places: number[]): Uint8Array[] {
  const sorted = [...new Set(places.map((place) => place % (data.length + 1)))].sort(
    (a, b) => a - b,
  );
  return [0, ...sorted].map((start, index) => data.slice(start, sorted[index] ?? data.length));
}

describe("readEvents", () => {
  it("reads the same events however the network cuts them", async () => {
    const event = fc.record({
      type: fc.constantFrom("progress_update", "client_effect", "unheard.of"),
      text: fc.string({ unit: "grapheme" }),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(event, { maxLength: 8 }),
        fc.array(fc.nat(2_000), { maxLength: 30 }),
        fc.constantFrom("\n", "\r\n", "\r"),
        async (events, places, newline) => {
          const text = events
            .map((one) => `data: ${JSON.stringify(one)}${newline}${newline}`)
            .join("");
          // A lone final carriage return stays open until the next byte: end with a comment line.
          expect(await collect(cut(bytes(`${text}: end`), places))).toEqual(events);
        },
      ),
      { numRuns: 300 },
    );
  });

  it("never fails on bytes that are no events", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 60 })), async (chunks) => {
        await collect(chunks);
      }),
    );
  });

  it("joins data lines, skips comments, other fields, broken JSON and an unfinished event", async () => {
    const text = [
      ": keep-alive\n\n",
      'event: x\ndata: {"type":\ndata:"progress_update","text":"a"}\n\n',
      "data: {broken\n\n",
      "data: 5\n\n",
      'data: {"type":"progress_update","text":"cut o',
    ].join("");
    expect(await collect([bytes(text)])).toEqual([{ type: "progress_update", text: "a" }]);
  });

  it("ends the request when the reader stops early", async () => {
    let cancelled = false;
    const stream = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(bytes('data: {"type":"progress_update"}\n\n')),
      cancel: () => void (cancelled = true),
    });
    for await (const event of readEvents(stream)) {
      expect(event.type).toBe("progress_update");
      break;
    }
    expect(cancelled).toBe(true);
  });
});

describe("readServerEvents", () => {
  it("has the type, the place and the data of each, and signs of life", async () => {
    const text =
      'retry: 1000\n\n:\nid: 5\n\nevent: changes\nid: 6\ndata: {"a":\ndata: "b: c"}\n\n\n\ndata\n\nid: lost\n';
    const events = [];
    for await (const event of readServerEvents(streamOf([bytes(text)]))) events.push(event);
    expect(events).toEqual([
      { type: "message", id: null, data: null },
      { type: "message", id: "5", data: null },
      { type: "changes", id: "6", data: '{"a":\n"b: c"}' },
      { type: "message", id: null, data: "" },
    ]);
  });
});
