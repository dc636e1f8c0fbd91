"use client";

import { memo } from "react";
import type { Display } from "@/lib/chat/protocol";
import { onDemand } from "@/lib/on-demand";
import markdown from "../markdown.module.css";
import classes from "./message.module.css";

const { Part: Markdown, useIsReady: useMarkdownIsReady } = onDemand(() =>
  import("../markdown").then(({ Markdown }) => Markdown),
);

/** Cards and buttons beside the words; nearly the whole of a conversation goes without them, so they come on demand. */
const { Part: Beside, useIsReady: useBesideIsReady } = onDemand(() =>
  import("./beside").then(({ Beside }) => Beside),
);

export { useBesideIsReady, useMarkdownIsReady };

export function UserMessage({ text }: { text: string }) {
  return (
    <div className={classes.user}>
      <span className={classes.who}>You said: </span>
      {text}
    </div>
  );
}

interface AssistantMessageProps {
  text: string;
  display: Display | undefined;
  /** Whether its Markdown can be set; until then it stands as it was written. */
  isSet: boolean;
  /** Whether cards and buttons can be drawn; until then, all is in words. */
  isBesideReady: boolean;
  /** Whether its question is the one that waits for an answer. */
  isOpen: boolean;
  /** The ids of all tasks that have cards in the conversation. */
  told: number[];
  onSay: (text: string) => unknown;
}

export const AssistantMessage = memo(function AssistantMessage({
  text,
  display,
  isSet,
  isBesideReady,
  isOpen,
  told,
  onSay,
}: AssistantMessageProps) {
  const words = isBesideReady && display ? display.text : text;
  return (
    <div className={classes.assistant}>
      <div className={markdown.words}>
        <span className={classes.who}>The assistant said: </span>
        {isSet ? <Markdown text={words} /> : <p className={classes.plain}>{words}</p>}
      </div>
      {isBesideReady && display && (
        <Beside display={display} isOpen={isOpen} told={told} onSay={onSay} />
      )}
    </div>
  );
});
