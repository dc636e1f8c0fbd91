/** A server-sent event. One without data is a sign of life, which may say where the reader is by now. */
export interface ServerEvent {
  type: string;
  id: string | null;
  data: string | null;
}

/**
 * Reads server-sent events however the network has cut them: in the middle of a line, of a character, with any line
 * ending. An event cut off by the end is left out.
 */
export async function* readServerEvents(
  stream: ReadableStream<Uint8Array>,
): AsyncGenerator<ServerEvent> {
  const reader = stream.getReader();
  const decoder = new TextDecoder();
  let rest = "";
  const block: string[] = [];
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      rest += decoder.decode(part.value, { stream: true });
      // A carriage return at the very end may be the first half of a line ending.
      const lines = rest.split(/\r\n|\n|\r(?!$)/);
      rest = lines.pop() ?? "";
      for (const line of lines) {
        if (line !== "") block.push(line);
        else if (block.length > 0) yield eventOf(block.splice(0));
      }
    }
  } finally {
    // Whoever stops listening ends the request too.
    await reader.cancel().catch(() => undefined);
  }
}

function eventOf(block: string[]): ServerEvent {
  const fields = block.map((line) => /^([^:]*)(?:: ?)?(.*)$/s.exec(line)!);
  const values = (name: string) =>
    fields.filter(([, field]) => field === name).map(([, , value]) => value!);
  const data = values("data");
  return {
    type: values("event").at(-1) || "message",
    id: values("id").at(-1) ?? null,
    data: data.length > 0 ? data.join("\n") : null,
  };
}
