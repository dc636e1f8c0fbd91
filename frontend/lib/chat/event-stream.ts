import type { ChatEvent } from "./protocol";

/**
 * Reads server-sent events however the network has cut them: in the middle of a line, of a
 * character, with any line ending. Unreadable events are left out; an event cut off by the end is too.
 */
export async function* readEvents(stream: ReadableStream<Uint8Array>): AsyncGenerator<ChatEvent> {
  const reader = stream.getReader();
  const decoder = new TextDecoder();
  let rest = "";
  let data: string[] = [];
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      rest += decoder.decode(part.value, { stream: true });
      // A carriage return at the very end may be the first half of a line ending.
      const lines = rest.split(/\r\n|\n|\r(?!$)/);
      rest = lines.pop() ?? "";
      for (const line of lines) {
        if (line === "") {
          const event = parse(data);
          data = [];
          if (event) yield event;
        } else if (line.startsWith("data:")) {
          data.push(line.slice(line[5] === " " ? 6 : 5));
        }
      }
    }
  } finally {
    // Whoever stops listening ends the request too.
    await reader.cancel().catch(() => undefined);
  }
}

function parse(data: string[]): ChatEvent | null {
  if (data.length === 0) return null;
  try {
    const event: unknown = JSON.parse(data.join("\n"));
    return typeof event === "object" && event !== null && "type" in event
      ? (event as ChatEvent)
      : null;
  } catch {
    return null;
  }
}
