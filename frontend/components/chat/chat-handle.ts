/** What the rest of the app can have the chat do, once it is in sight. */
export interface ChatHandle {
  focus: () => void;
  /** Sends a message; while an answer comes it waits in the field. */
  say: (text: string) => void;
  startNew: () => void;
}
