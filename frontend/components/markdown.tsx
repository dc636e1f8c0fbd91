"use client";

import { createContext, useContext } from "react";
import ReactMarkdown, { type Components, type ExtraProps } from "react-markdown";
import remarkGfm from "remark-gfm";

type Element = NonNullable<ExtraProps["node"]>;
type Node = Element["children"][number];

/** Ticks the box of the list item that begins at an offset of the text; undefined where boxes are only looked at. */
type Tick = ((itemStart: number) => void) | undefined;

const Ticking = createContext<Tick>(undefined);
/** The list item around a box: where it begins, and its words. */
const Item = createContext({ start: 0, words: "" });

/** No raw HTML (react-markdown drops it), no images; links leave in a new tab, and lead to the web or to mail only. */
const COMPONENTS: Components = {
  a: ({ href, children }) =>
    href ? (
      <a href={href} target="_blank" rel="noopener noreferrer nofollow">
        {children}
      </a>
    ) : (
      children
    ),
  li: ({ node, className, children }) => (
    <li className={className}>
      <Item value={{ start: node?.position?.start.offset ?? 0, words: node ? wordsOf(node) : "" }}>
        {children}
      </Item>
    </li>
  ),
  input: ({ checked }) => <Box checked={checked ?? false} />,
};
const REMOVED = ["img"];
const PLUGINS = [remarkGfm];

const safeUrl = (url: string) => (/^(https?|mailto):/i.test(url) ? url : undefined);

interface MarkdownProps {
  text: string;
  onTick?: Tick;
}

/** What the assistant or a person wrote, set. */
export function Markdown({ text, onTick }: MarkdownProps) {
  return (
    <Ticking value={onTick}>
      <ReactMarkdown
        remarkPlugins={PLUGINS}
        components={COMPONENTS}
        disallowedElements={REMOVED}
        urlTransform={safeUrl}
      >
        {text}
      </ReactMarkdown>
    </Ticking>
  );
}

function Box({ checked }: { checked: boolean }) {
  const tick = useContext(Ticking);
  const { start, words } = useContext(Item);
  return (
    <label>
      <input
        type="checkbox"
        aria-label={words}
        checked={checked}
        disabled={!tick}
        onChange={() => tick?.(start)}
      />
    </label>
  );
}

/** The words of a list item, without those of the lists in it. */
function wordsOf(node: Node): string {
  if (node.type === "text") return node.value;
  if (node.type !== "element" || node.tagName === "ul" || node.tagName === "ol") return "";
  return node.children.map(wordsOf).join("").trim();
}
