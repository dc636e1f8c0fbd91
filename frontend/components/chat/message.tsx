"use client";

import { memo } from "react";
import { onDemand } from "@/lib/on-demand";
import classes from "./message.module.css";

const { Part: Markdown, useIsReady: useMarkdownIsReady } = onDemand(() =>
  import("./markdown").then(({ Markdown }) => Markdown),
);

export { useMarkdownIsReady };

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
  /** Whether its Markdown can be set; until then it stands as it was written. */
  isSet: boolean;
}

export const AssistantMessage = memo(function AssistantMessage({
  text,
  isSet,
}: AssistantMessageProps) {
  return (
    <div className={classes.assistant}>
      <span className={classes.who}>The assistant said: </span>
      {isSet ? <Markdown text={text} /> : <p className={classes.plain}>{text}</p>}
    </div>
  );
});
