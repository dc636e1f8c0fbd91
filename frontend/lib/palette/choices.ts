import type { ReactNode } from "react";
import { plain } from "../plain";

/** Something that the palette can do. */
export interface Choice {
  /** Stands for it among all others. */
  id: string;
  kind: "place" | "tag" | "task" | "action";
  icon?: ReactNode;
  label: string;
  /** What it is, or when. */
  detail: string;
  /** Other words for it. */
  aliases?: string;
  /** Whether the server found it for these words, wherever it has them. */
  isFound?: boolean;
  /** What is typed, where something can be done with any words. */
  takes?: string;
  run: () => void;
}

/** More of them would push the others out of sight. */
const MOST: Partial<Record<Choice["kind"], number>> = { tag: 8, task: 8 };

/** How well a label has the words of a query; 0 where it lacks one. */
export function likeness(label: string, query: string): number {
  const [text, sought] = [plain(label), plain(query)];
  if (text === sought) return 4;
  if (text.startsWith(sought)) return 3;
  const begins = (word: string) => text.split(/[^\p{L}\p{N}]+/u).some((it) => it.startsWith(word));
  const words = sought.split(/\s+/).map((word) => word.replace(/^#/, ""));
  if (words.every(begins)) return 2;
  return words.every((word) => text.includes(word)) ? 1 : 0;
}

function scoreOf({ label, aliases = "", isFound, takes }: Choice, query: string): number {
  if (takes !== undefined) return 0.05;
  // What it is called counts for more than what else it might have been called.
  return (
    likeness(label, query) || likeness(`${label} ${aliases}`, query) / 8 || (isFound ? 0.1 : 0)
  );
}

/** The choices for what is typed, best first; as they come where they are as good, and where nothing is typed. */
export function ranked(choices: Choice[], query: string): Choice[] {
  const isBlank = query.trim() === "";
  const scored = choices
    .map((choice) => ({ choice, score: isBlank ? 1 : scoreOf(choice, query) }))
    .filter(({ score }) => score > 0)
    .sort((one, other) => other.score - one.score);
  const seen = new Map<Choice["kind"], number>();
  return scored.flatMap(({ choice }) => {
    const before = seen.get(choice.kind) ?? 0;
    seen.set(choice.kind, before + 1);
    return before < (MOST[choice.kind] ?? Infinity) ? [choice] : [];
  });
}

/** How many there are, for who hears it. */
export const countWords = (count: number) =>
  count === 0 ? "No results" : count === 1 ? "1 result" : `${count} results`;
