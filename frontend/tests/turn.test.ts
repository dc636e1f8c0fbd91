import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { runTurn } from "@/lib/chat/client";
import {
  conversationReducer,
  NEW_CONVERSATION,
  type ConversationAction,
} from "@/lib/chat/conversation";
import type { ChatEvent, ThreadItem } from "@/lib/chat/protocol";

const thread = { id: "t1", created_at: "2030-01-01T00:00:00Z" };
const said: ThreadItem = {
  type: "user_message",
  id: "u1",
  content: [{ type: "input_text", text: "hello" }],
};
const answer = (id: string, text: string): ThreadItem => ({
  type: "assistant_message",
  id,
  content: [{ type: "output_text", text }],
});
const begun: ChatEvent[] = [
  { type: "thread.created", thread },
  { type: "thread.item.done", item: said },
];
const half: ChatEvent[] = [...begun, { type: "thread.item.added", item: answer("a1", "Good mor") }];
const whole: ChatEvent[] = [
  ...begun,
  { type: "thread.item.done", item: answer("a2", "Good morning") },
];

/** What the site answers: a status, a problem of its own, events that end well or that break off, or nothing at all. */
type Answer = number | { code: string } | { events: ChatEvent[]; breaks?: boolean } | null;

const underWay: Answer = { code: "request_under_way" };

let answers: Answer[];
let keys: (string | undefined)[];

function respond(given: Answer): Promise<Response> {
  if (given === null) return Promise.reject(new TypeError("fetch failed"));
  if (typeof given === "number")
    return Promise.resolve(Response.json({ detail: `said ${given}` }, { status: given }));
  if ("code" in given)
    return Promise.resolve(
      Response.json({ detail: `said ${given.code}`, code: given.code }, { status: 409 }),
    );
  const frames = given.events.map((event) => `data: ${JSON.stringify(event)}\n\n`);
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      const frame = frames.shift();
      if (frame) controller.enqueue(new TextEncoder().encode(frame));
      else if (given.breaks) controller.error(new TypeError("network error"));
      else controller.close();
    },
  });
  return Promise.resolve(new Response(body));
}

beforeEach(() => {
  keys = [];
  vi.stubGlobal("fetch", (_path: string, init: RequestInit) => {
    keys.push((init.headers as Record<string, string>)["Idempotency-Key"]);
    return respond(answers.length > 1 ? answers.shift()! : answers[0]!);
  });
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** The panel after a turn, with all waits passed, and what went wrong with it. */
async function turn(given: Answer[], signal = new AbortController().signal) {
  answers = given;
  let state = conversationReducer(NEW_CONVERSATION, { type: "started", text: "hello" });
  const dispatch = (action: ConversationAction) => (state = conversationReducer(state, action));
  const request = {
    type: "threads.create" as const,
    params: {
      input: {
        content: [{ type: "input_text" as const, text: "hello" }],
        attachments: [],
        inference_options: {},
      },
    },
  };
  const run = async () => {
    const interrupted = () => dispatch({ type: "interrupted" });
    for await (const event of runTurn({ request, key: "k" }, signal, interrupted))
      dispatch({ type: "event", event });
    return null;
  };
  const outcome = run().catch((error: Error) => error);
  await vi.runAllTimersAsync();
  return { state, error: await outcome };
}

describe("a turn whose answer gets lost", () => {
  it.each<[string, Answer[]]>([
    ["in the middle", [{ events: half, breaks: true }, { events: whole }]],
    ["at its beginning", [{ events: [], breaks: true }, { events: whole }]],
    ["before it", [null, { events: whole }]],
    ["by a proxy without a backend", [502, 503, { events: whole }]],
    [
      "with its process, which holds the key for a while",
      [{ events: half, breaks: true }, ...Array<Answer>(16).fill(underWay), { events: whole }],
    ],
  ])("%s is asked for again under its key and shown once", async (_, given) => {
    const { state, error } = await turn([...given]);
    expect(error).toBeNull();
    expect(state.items).toEqual([said, answer("a2", "Good morning")]);
    expect(state.unconfirmed).toBeNull();
    expect(keys).toEqual(Array<string>(given.length).fill("k"));
  });

  it("is given up after a while, with what went wrong first", async () => {
    const broken = await turn([{ events: half, breaks: true }, underWay]);
    expect(broken.error).toMatchObject({ message: "network error" });
    expect(keys.length).toBeGreaterThan(15);
    expect(keys.length).toBeLessThan(25);
    keys = [];
    expect((await turn([502])).error).toMatchObject({ status: 502 });
    expect(keys).toHaveLength(4);
  });

  it("that waited for too long behind others is shown as one that can be sent again", async () => {
    const { state, error } = await turn([{ code: "conversation_busy" }]);
    expect(error).toMatchObject({ status: 409, message: "said conversation_busy" });
    expect(state.unconfirmed).toBe("hello");
    expect(keys).toHaveLength(1);
  });

  it("is not asked for again when the server refused it, or the person stopped it", async () => {
    for (const status of [401, 404, 422]) {
      keys = [];
      expect((await turn([status])).error).toMatchObject({ status });
      expect(keys).toHaveLength(1);
    }
    keys = [];
    const person = new AbortController();
    setTimeout(() => person.abort(), 50);
    expect((await turn([null], person.signal)).error).toMatchObject({ name: "AbortError" });
    expect(keys).toHaveLength(1);
  });
});
