import type { ChatEvent, ItemUpdate, Thread, ThreadItem } from "./protocol";

/** Why the last turn did not end well, and what can be done about it. */
export interface TurnProblem {
  message: string;
  canRetry: boolean;
  /** "calm" for what the person did on purpose. */
  tone: "calm" | "bad";
}

/** What the panel shows of one conversation. */
export interface Conversation {
  /** null until the server has made the thread. */
  thread: Thread | null;
  items: ThreadItem[];
  hasEarlier: boolean;
  running: boolean;
  /** An answer is on its way whose stream this panel does not read: it was begun elsewhere, or before a reload. */
  awaited: boolean;
  /** What the assistant is doing before it says anything. */
  progress: string | null;
  notice: string | null;
  problem: TurnProblem | null;
  /** A message that was sent and that the server has not confirmed yet. */
  unconfirmed: string | null;
}

export const NEW_CONVERSATION: Conversation = {
  thread: null,
  items: [],
  hasEarlier: false,
  running: false,
  awaited: false,
  progress: null,
  notice: null,
  problem: null,
  unconfirmed: null,
};

const UNANSWERED = "This message has no answer yet.";
const INTERRUPTED = "The connection broke. Asking again…";
const UNKNOWN_ERROR = "The assistant could not answer. Your message is kept; try again.";

export type ConversationAction =
  | { type: "opened"; thread: Thread; items: ThreadItem[]; hasEarlier: boolean }
  | { type: "earlier"; items: ThreadItem[]; hasEarlier: boolean }
  | { type: "reset" }
  | { type: "renamed"; title: string }
  | { type: "started"; text: string | null }
  | { type: "event"; event: ChatEvent }
  | { type: "interrupted" }
  | { type: "ended"; problem?: TurnProblem };

/** The next state of the panel: pure, so that every order of events can be tested. */
export function conversationReducer(state: Conversation, action: ConversationAction): Conversation {
  switch (action.type) {
    case "opened": {
      const awaited = action.thread.metadata?.answering ?? false;
      const unanswered = action.items.at(-1)?.type === "user_message" && !awaited;
      const opened: Conversation = {
        ...NEW_CONVERSATION,
        thread: action.thread,
        items: action.items,
        hasEarlier: action.hasEarlier,
        awaited,
        problem: unanswered ? { message: UNANSWERED, canRetry: true, tone: "calm" } : null,
      };
      if (state.thread?.id !== action.thread.id) return opened;
      // Read again after a break: what went wrong still holds, and a message that the server
      // never got is still to be sent.
      const last = action.items[lastUserMessage(action.items)];
      const arrived = last !== undefined && textOf(last) === state.unconfirmed;
      const problem = (state.awaited && !awaited ? null : state.problem) ?? opened.problem;
      return { ...opened, problem, unconfirmed: arrived ? null : state.unconfirmed };
    }
    case "earlier": {
      // Asked for twice, they arrive twice.
      const known = new Set(state.items.map(({ id }) => id));
      const items = [...action.items.filter(({ id }) => !known.has(id)), ...state.items];
      return { ...state, items, hasEarlier: action.hasEarlier };
    }
    case "reset":
      return NEW_CONVERSATION;
    case "renamed":
      return state.thread ? { ...state, thread: { ...state.thread, title: action.title } } : state;
    case "started":
      return {
        ...state,
        // Trying again answers the last message anew: what came after it is dropped.
        items: action.text === null ? upToLastUserMessage(state.items) : state.items,
        running: true,
        awaited: false,
        progress: null,
        notice: null,
        problem: null,
        unconfirmed: action.text,
      };
    case "interrupted":
      return {
        ...state,
        // The turn is shown anew, from the person's message on; one that has not arrived yet comes with it.
        items: state.unconfirmed === null ? upToLastUserMessage(state.items) : state.items,
        progress: INTERRUPTED,
      };
    case "ended":
      return {
        ...state,
        running: false,
        progress: null,
        problem: action.problem ?? state.problem,
      };
    case "event":
      return applyEvent(state, action.event);
  }
}

function applyEvent(state: Conversation, event: ChatEvent): Conversation {
  switch (event.type) {
    case "thread.created":
    case "thread.updated":
      return { ...state, thread: event.thread };
    case "thread.item.added":
    case "thread.item.done":
    case "thread.item.replaced":
      return {
        ...state,
        items: upsert(state.items, event.item),
        progress: event.item.type === "assistant_message" ? null : state.progress,
        unconfirmed: event.item.type === "user_message" ? null : state.unconfirmed,
      };
    case "thread.item.removed":
      return { ...state, items: state.items.filter(({ id }) => id !== event.item_id) };
    case "thread.item.updated":
      return {
        ...state,
        items: state.items.map((item) =>
          item.id === event.item_id ? updateItem(item, event.update) : item,
        ),
      };
    case "progress_update":
      return { ...state, progress: event.text };
    case "notice":
      return { ...state, notice: event.message };
    case "error":
      return {
        ...state,
        problem: {
          message: event.message || UNKNOWN_ERROR,
          canRetry: event.allow_retry ?? false,
          tone: "bad",
        },
      };
    default:
      // Kinds that this panel does not know are for other clients.
      return state;
  }
}

function upsert(items: ThreadItem[], item: ThreadItem): ThreadItem[] {
  return items.some(({ id }) => id === item.id)
    ? items.map((known) => (known.id === item.id ? item : known))
    : [...items, item];
}

function updateItem(item: ThreadItem, update: ItemUpdate): ThreadItem {
  if (
    item.type !== "assistant_message" ||
    !update.type.startsWith("assistant_message.content_part.")
  ) {
    return item;
  }
  const content = [...item.content];
  const index = update.content_index;
  const before = content[index] ?? { type: "output_text" as const, text: "" };
  content[index] =
    "delta" in update ? { ...before, text: before.text + update.delta } : update.content;
  return { ...item, content };
}

/** Where the last thing that the person said is; -1 when there is none. */
export function lastUserMessage(items: ThreadItem[]): number {
  return items.findLastIndex(({ type }) => type === "user_message");
}

const upToLastUserMessage = (items: ThreadItem[]) => items.slice(0, lastUserMessage(items) + 1);

/** The plain text of a message. */
export function textOf(item: ThreadItem): string {
  return "content" in item ? item.content.map(({ text }) => text).join("\n\n") : "";
}

/** The words of an answer that grows: how it is shown beside cards comes at its end, without ids as here. */
export function withoutIds(text: string): string {
  return text.replace(/ ?\(#\d*(?:\)|$)|(?<=\()#\d+, /g, "");
}

/** The tasks that have cards somewhere in a conversation, each once. */
export function toldTasks(items: ThreadItem[]): number[] {
  const told = items.flatMap((item) =>
    item.type === "assistant_message" ? (item.display?.tasks ?? []) : [],
  );
  return [...new Set(told.map(({ id }) => id))];
}
