import { readServerEvents } from "../api/event-stream";
import type { ChatEvent } from "./protocol";

/** Reads the events of a turn; what cannot be understood is left out. */
export async function* readEvents(stream: ReadableStream<Uint8Array>): AsyncGenerator<ChatEvent> {
  for await (const { data } of readServerEvents(stream)) {
    const event = data === null ? null : parse(data);
    if (event) yield event;
  }
}

function parse(data: string): ChatEvent | null {
  try {
    const event: unknown = JSON.parse(data);
    return typeof event === "object" && event !== null && "type" in event
      ? (event as ChatEvent)
      : null;
  } catch {
    return null;
  }
}
