import { describe, expect, it } from "vitest";
import {
  conversationReducer,
  NEW_CONVERSATION,
  textOf,
  withoutIds,
  type Conversation,
  type ConversationAction,
} from "@/lib/chat/conversation";
import type { ChatEvent, ThreadItem } from "@/lib/chat/protocol";

const thread = { id: "t1", created_at: "2030-01-01T00:00:00Z" };
const user = (id: string, text: string): ThreadItem => ({
  type: "user_message",
  id,
  content: [{ type: "input_text", text }],
});
const assistant = (id: string, ...texts: string[]): ThreadItem => ({
  type: "assistant_message",
  id,
  content: texts.map((text) => ({ type: "output_text", text })),
});
const part = "assistant_message.content_part" as const;

const play = (actions: ConversationAction[], from: Conversation = NEW_CONVERSATION) =>
  actions.reduce(conversationReducer, from);
const events = (...list: ChatEvent[]) =>
  list.map((event): ConversationAction => ({ type: "event", event }));

it.each([
  ["Added **Milk** (#12), due", "Added **Milk**, due"],
  ["Added **Milk** (#1", "Added **Milk**"],
  ["- **Milk** (#12, due today, #home)", "- **Milk** (due today, #home)"],
  ["Tagged #12 (see #3)", "Tagged #12 (see #3)"],
])("an answer that grows shows no ids: %s", (text, shown) => {
  expect(withoutIds(text)).toBe(shown);
});

describe("conversationReducer", () => {
  it("shows a message at once and an answer as it grows", () => {
    let state = play([{ type: "started", text: "hello" }]);
    expect(state).toMatchObject({ running: true, unconfirmed: "hello" });

    state = play(
      events(
        { type: "thread.created", thread },
        { type: "thread.item.done", item: user("u1", "hello") },
        { type: "progress_update", text: "Looking" },
      ),
      state,
    );
    expect(state).toMatchObject({ unconfirmed: null, progress: "Looking", thread });

    const text = { type: "output_text" as const, text: "" };
    state = play(
      events(
        { type: "thread.item.added", item: assistant("a1") },
        {
          type: "thread.item.updated",
          item_id: "a1",
          update: { type: `${part}.added`, content_index: 0, content: text },
        },
        {
          type: "thread.item.updated",
          item_id: "a1",
          update: { type: `${part}.text_delta`, content_index: 0, delta: "Good " },
        },
        {
          type: "thread.item.updated",
          item_id: "a1",
          update: { type: `${part}.text_delta`, content_index: 0, delta: "day" },
        },
      ),
      state,
    );
    expect(state.progress).toBeNull();
    expect(textOf(state.items[1]!)).toBe("Good day");

    state = play(
      [
        ...events({ type: "thread.item.done", item: assistant("a1", "Good day!") }),
        { type: "ended" },
      ],
      state,
    );
    expect(state.items.map(textOf)).toEqual(["hello", "Good day!"]);
    expect(state.running).toBe(false);
  });

  it("keeps a message that the server never got, also after reading the thread again", () => {
    const broken = play([
      {
        type: "opened",
        thread,
        items: [user("u1", "one"), assistant("a1", "1")],
        hasEarlier: false,
      },
      { type: "started", text: "two" },
      { type: "ended", problem: { message: "broke", canRetry: true, tone: "bad" } },
    ]);
    const reload = (items: ThreadItem[]) =>
      play([{ type: "opened", thread, items, hasEarlier: false }], broken);
    expect(reload([user("u1", "one"), assistant("a1", "1")])).toMatchObject({
      unconfirmed: "two",
      problem: { message: "broke" },
    });
    expect(reload([user("u1", "one"), user("u2", "two")])).toMatchObject({ unconfirmed: null });
  });

  const opened = (items: ThreadItem[], answering?: boolean): ConversationAction => ({
    type: "opened",
    thread: { ...thread, metadata: { answering } },
    items,
    hasEarlier: false,
  });

  it("waits for an answer that is on its way elsewhere, until it is there", () => {
    const question = user("u1", "one");
    const awaiting = play([opened([question], true)]);
    expect(awaiting).toMatchObject({ awaited: true, running: false, problem: null });
    const answered = play([opened([question, assistant("a1", "1")], false)], awaiting);
    expect(answered).toMatchObject({ awaited: false, problem: null });
    expect(answered.items.map(textOf)).toEqual(["one", "1"]);
  });

  it.each([
    ["was never answered", [opened([user("u1", "one")], false)]],
    [
      "is awaited, and its answer ends without words",
      [opened([user("u1", "one")], true), opened([user("u1", "one")])],
    ],
  ])("offers to try again for a message that %s", (_, actions) => {
    expect(play(actions)).toMatchObject({
      awaited: false,
      problem: { canRetry: true, tone: "calm" },
    });
  });

  it("takes back that the connection broke, once the answer has come all the same", () => {
    const broken: ConversationAction[] = [
      opened([user("u1", "one")], false),
      { type: "started", text: null },
      { type: "ended", problem: { message: "broke", canRetry: true, tone: "bad" } },
    ];
    const awaiting = play([...broken, opened([user("u1", "one")], true)]);
    expect(awaiting).toMatchObject({ awaited: true, problem: { message: "broke" } });
    expect(play([opened([user("u1", "one"), assistant("a1", "1")])], awaiting).problem).toBeNull();
  });

  it("drops the answer that is to be replaced when trying again", () => {
    const state = play([
      {
        type: "opened",
        thread,
        items: [user("u1", "one"), assistant("a1", "no")],
        hasEarlier: false,
      },
      { type: "started", text: null },
    ]);
    expect(state.items.map(({ id }) => id)).toEqual(["u1"]);
  });

  it("has words for every error, and keeps quiet about kinds of events it does not know", () => {
    const failed = play(events({ type: "error", code: "stream.error", allow_retry: true }));
    expect(failed.problem?.message).toMatch(/try again/i);
    const unknown = { type: "of.the.future" } as unknown as ChatEvent;
    expect(play(events(unknown))).toEqual(NEW_CONVERSATION);
  });

  it("shows earlier messages once, however often they arrive", () => {
    const earlier = [user("m1", "first")];
    const { items } = play([
      { type: "opened", thread, items: [user("m2", "second")], hasEarlier: true },
      { type: "earlier", items: earlier, hasEarlier: false },
      { type: "earlier", items: earlier, hasEarlier: false },
    ]);
    expect(items.map(({ id }) => id)).toEqual(["m1", "m2"]);
  });

  it("forgets the other conversation's state when one is opened", () => {
    const failed = play([
      ...events({ type: "thread.created", thread }, { type: "error", message: "bad" }),
      { type: "opened", thread: { ...thread, id: "t2" }, items: [], hasEarlier: false },
    ]);
    expect(failed.problem).toBeNull();
  });
});
