"use client";

import { memo } from "react";
import Markdown, { type Components } from "react-markdown";
import remarkGfm from "remark-gfm";
import classes from "./message.module.css";

/** Answers are text from a model: no raw HTML (react-markdown drops it), no images, links leave in a new tab. */
const COMPONENTS: Components = {
  a: ({ href, children }) => (
    <a href={href} target="_blank" rel="noopener noreferrer nofollow">
      {children}
    </a>
  ),
};
const REMOVED = ["img"];
const PLUGINS = [remarkGfm];

export function UserMessage({ text }: { text: string }) {
  return (
    <div className={classes.user}>
      <span className={classes.who}>You said: </span>
      {text}
    </div>
  );
}

export const AssistantMessage = memo(function AssistantMessage({ text }: { text: string }) {
  return (
    <div className={classes.assistant}>
      <span className={classes.who}>The assistant said: </span>
      <Markdown remarkPlugins={PLUGINS} components={COMPONENTS} disallowedElements={REMOVED}>
        {text}
      </Markdown>
    </div>
  );
});
