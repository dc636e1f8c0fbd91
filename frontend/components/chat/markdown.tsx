"use client";

import ReactMarkdown, { type Components } from "react-markdown";
import remarkGfm from "remark-gfm";

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

/** What the assistant wrote, set. */
export function Markdown({ text }: { text: string }) {
  return (
    <ReactMarkdown remarkPlugins={PLUGINS} components={COMPONENTS} disallowedElements={REMOVED}>
      {text}
    </ReactMarkdown>
  );
}
