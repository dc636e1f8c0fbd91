import type { TagCount } from "../api/types";
import { plain } from "../plain";
import { dayAfter, nextMonday } from "./due";
import { monthOf } from "./month";
import { addMonths, weekdayName } from "./weeks";

/** What a line may go on with, in place of what has been typed of it. */
export interface Completion {
  words: string;
  /** What it means. */
  detail: string;
}

/** The completions of what stands before the caret, which begins at a place of the line. */
export interface Completions {
  start: number;
  choices: Completion[];
}

/** Words of time that the service reads: those of a date with their day, those that repeat with what they mean. */
export type Phrase = { words: string } & ({ day: (today: string) => string } | { means: string });

const MOST = 5;
/** With fewer letters, too much of ordinary prose would be the beginning of a phrase. */
const FEWEST_LETTERS = 3;
const LONGEST_PHRASE = 3;

const WEEKDAYS = [
  "monday",
  "tuesday",
  "wednesday",
  "thursday",
  "friday",
  "saturday",
  "sunday",
] as const;

const weekdayOf = (day: string) => weekdayName(day, "en").toLowerCase();
const nextDays = (today: string) => [1, 2, 3, 4, 5, 6, 7].map((days) => dayAfter(today, days));
const following = (weekday: string) => (today: string) =>
  nextDays(today).find((day) => weekdayOf(day) === weekday)!;
const weekend = (today: string) =>
  weekdayOf(today) === "sunday" ? today : following("saturday")(dayAfter(today, -1));

export const PHRASES: Phrase[] = [
  { words: "today", day: (today) => today },
  { words: "tomorrow", day: (today) => dayAfter(today) },
  ...WEEKDAYS.map((weekday) => ({ words: weekday, day: following(weekday) })),
  { words: "this weekend", day: weekend },
  { words: "next week", day: nextMonday },
  { words: "next month", day: (today) => `${monthOf(addMonths(today, 1))}-01` },
  ...WEEKDAYS.map((weekday, index) => ({
    words: `next ${weekday}`,
    day: (today: string) => dayAfter(nextMonday(today), index),
  })),
  { words: "in 2 days", day: (today) => dayAfter(today, 2) },
  { words: "in 3 days", day: (today) => dayAfter(today, 3) },
  { words: "in a week", day: (today) => dayAfter(today, 7) },
  { words: "in 2 weeks", day: (today) => dayAfter(today, 14) },
  { words: "in a month", day: (today) => addMonths(today, 1) },
  { words: "every day", means: "repeats daily" },
  { words: "every weekday", means: "repeats Monday to Friday" },
  { words: "every week", means: "repeats weekly" },
  { words: "every 2 weeks", means: "repeats every other week" },
  { words: "every month", means: "repeats monthly" },
  { words: "every year", means: "repeats yearly" },
  ...WEEKDAYS.map((weekday) => ({ words: `every ${weekday}`, means: "repeats weekly" })),
];

const TAG_BEGUN = /(?:^|[^\p{L}\p{N}_#&/])#([\p{L}\p{N}\p{M}_-]*)$/u;
/** What the service reads as a tag behind `#`. */
const TAG = /^[\p{N}_-]*\p{L}[\p{L}\p{N}\p{M}_-]*$/u;

/** What the words before a caret may go on with; null where that is nothing, or in the middle of a word. */
export function completionsOf(
  line: string,
  caret: number,
  tags: TagCount[],
  today: string,
  locale?: string,
): Completions | null {
  if (/\S/.test(line[caret] ?? "")) return null;
  const before = line.slice(0, caret);
  const begun = TAG_BEGUN.exec(before)?.[1];
  const found =
    begun === undefined ? ofPhrase(before, today, locale) : ofTag(begun, caret, line, tags);
  return found && found.choices.length > 0 ? found : null;
}

function ofTag(begun: string, caret: number, line: string, tags: TagCount[]): Completions {
  const others = line.toLowerCase().split(/\s+/);
  const known = tags
    .filter(({ tag }) => TAG.test(tag) && plain(tag).startsWith(plain(begun)))
    .filter(({ tag }) => !others.includes(`#${tag}`))
    .sort((one, other) => other.open - one.open)
    .slice(0, MOST)
    .map(({ tag, open }) => ({ words: `#${tag}`, detail: `${open} open` }));
  const isNew = TAG.test(begun) && !tags.some(({ tag }) => tag === begun.toLowerCase());
  const fresh = { words: `#${begun.toLowerCase()}`, detail: "new tag" };
  return { start: caret - begun.length - 1, choices: isNew ? [...known, fresh] : known };
}

function ofPhrase(before: string, today: string, locale?: string): Completions | null {
  const starts = [...before.matchAll(/\S+/g)].map(({ index }) => index);
  for (const start of starts.slice(-LONGEST_PHRASE)) {
    const begun = before.slice(start).toLowerCase();
    if (begun.replace(/\s/g, "").length < FEWEST_LETTERS) continue;
    const choices = PHRASES.filter(({ words }) => words.startsWith(begun) && words !== begun)
      .slice(0, MOST)
      .map((phrase) => ({ words: phrase.words, detail: meaningOf(phrase, today, locale) }));
    if (choices.length > 0) return { start, choices };
  }
  return null;
}

const meaningOf = (phrase: Phrase, today: string, locale?: string) =>
  "means" in phrase ? phrase.means : dayInShort(phrase.day(today), locale);

const dayInShort = (day: string, locale?: string) =>
  new Intl.DateTimeFormat(locale, {
    weekday: "short",
    day: "numeric",
    month: "short",
    timeZone: "UTC",
  }).format(new Date(day));

/** The line with a completion in place of what was typed of it, and where the caret is then: behind the space after it. */
export function completed(
  line: string,
  caret: number,
  start: number,
  { words }: Completion,
): { text: string; caret: number } {
  const front = `${line.slice(0, start)}${words} `;
  return { text: front + line.slice(caret).replace(/^ /, ""), caret: front.length };
}
