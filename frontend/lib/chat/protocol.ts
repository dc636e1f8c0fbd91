/**
 * The part of the ChatKit wire protocol that our panel speaks. Requests are `{type, params}` posted
 * to /chatkit; a turn is answered by server-sent events, everything else by JSON.
 */

export interface Page<T> {
  data: T[];
  has_more: boolean;
  after?: string | null;
}

export interface Thread {
  id: string;
  title?: string | null;
  created_at: string;
  /** `answering`: an answer is on its way, on whichever replica; told by `threads.get_by_id` alone. */
  metadata?: { answering?: boolean };
}

export interface UserMessageItem {
  type: "user_message";
  id: string;
  content: { type: string; text: string }[];
}

export interface AssistantMessageItem {
  type: "assistant_message";
  id: string;
  content: { type: "output_text"; text: string }[];
  /** For a page that draws tasks itself; the content has all the words. Not there while the answer grows. */
  display?: Display;
}

/** How an answer is shown beside cards and buttons. */
export interface Display {
  /** Without ids, and without the lines about the tasks and choices beside it. */
  text: string;
  /** The tasks that it tells of, by their titles at that moment. */
  tasks: { id: number; title: string }[];
  choices: Choice[];
  /** What the answer's turn has changed, to be undone as one. */
  change_id?: string;
}

/** An answer to the question with which the assistant ended. */
export interface Choice {
  label: string;
  /** What the person says by it. */
  message: string;
  /** What tells a task from others of its title. */
  detail: string;
  task_id?: number;
}

/** Kinds that the panel does not show (hidden context, workflows, widgets) arrive with other types. */
export type ThreadItem = UserMessageItem | AssistantMessageItem | { type: "other"; id: string };

export interface ThreadWithItems extends Thread {
  items: Page<ThreadItem>;
}

export type ItemUpdate =
  | {
      type: "assistant_message.content_part.added" | "assistant_message.content_part.done";
      content_index: number;
      content: { type: "output_text"; text: string };
    }
  | { type: "assistant_message.content_part.text_delta"; content_index: number; delta: string };

export type ChatEvent =
  | { type: "thread.created" | "thread.updated"; thread: Thread }
  | {
      type: "thread.item.added" | "thread.item.done" | "thread.item.replaced";
      item: ThreadItem;
    }
  | { type: "thread.item.removed"; item_id: string }
  | { type: "thread.item.updated"; item_id: string; update: ItemUpdate }
  | { type: "progress_update"; text: string }
  | { type: "client_effect"; name: string; data?: Record<string, unknown> }
  | { type: "notice"; level: "info" | "warning" | "danger"; message: string; title?: string | null }
  | { type: "error"; code?: string; message?: string | null; allow_retry?: boolean };

export interface UserMessageInput {
  content: { type: "input_text"; text: string }[];
  attachments: string[];
  inference_options: Record<string, unknown>;
}

/** A typed message as the protocol wants it. */
export function userMessage(text: string): UserMessageInput {
  return { content: [{ type: "input_text", text }], attachments: [], inference_options: {} };
}

export type TurnRequest =
  | { type: "threads.create"; params: { input: UserMessageInput } }
  | { type: "threads.add_user_message"; params: { thread_id: string; input: UserMessageInput } }
  | { type: "threads.retry_after_item"; params: { thread_id: string; item_id: string } };
