import { describe, expect, it } from "vitest";
import { completed, completionsOf } from "@/lib/tasks/completion";

/** A Monday. */
const TODAY = "2026-11-30";
const TAGS = [
  { tag: "home", open: 2 },
  { tag: "house-plants", open: 9 },
  { tag: "büro", open: 1 },
  { tag: "c++", open: 20 },
];

/** What may follow where `|` stands in a line, with what each means. */
function offered(marked: string): string[] {
  const caret = marked.indexOf("|");
  const found = completionsOf(marked.replace("|", ""), caret, TAGS, TODAY, "en-GB");
  return (found?.choices ?? []).map(({ words, detail }) => `${words}: ${detail}`);
}

describe("tags are offered behind #", () => {
  it.each([
    [
      "all that can be written in a line, those of most tasks first",
      "paint #|",
      ["#house-plants: 9 open", "#home: 2 open", "#büro: 1 open"],
    ],
    [
      "those that begin so, and a new one",
      "paint #Ho|",
      ["#house-plants: 9 open", "#home: 2 open", "#ho: new tag"],
    ],
    ["accents and case aside", "paint #BU|", ["#büro: 1 open", "#bu: new tag"]],
    ["none that is there already", "paint #home #hom|", ["#hom: new tag"]],
    ["none for one that is complete", "paint #home|", []],
    [
      "before other words",
      "paint #ho| today",
      ["#house-plants: 9 open", "#home: 2 open", "#ho: new tag"],
    ],
    ["not in the middle of one", "paint #ho|use", []],
    ["not within a word", "paint a#ho|", []],
    ["not for a number", "paint #1|", []],
  ])("%s", (_what, line, expected) => expect(offered(line)).toEqual(expected));
});

describe("dates are offered behind what begins one", () => {
  it.each([
    ["call tom|", ["tomorrow: Tue 1 Dec"]],
    ["call Tom|", ["tomorrow: Tue 1 Dec"]],
    ["fri|", ["friday: Fri 4 Dec"]],
    ["pay mon|", ["monday: Mon 7 Dec"]],
    [
      "pay next|",
      [
        "next week: Mon 7 Dec",
        "next month: Tue 1 Dec",
        "next monday: Mon 7 Dec",
        "next tuesday: Tue 8 Dec",
        "next wednesday: Wed 9 Dec",
      ],
    ],
    ["pay next w|", ["next week: Mon 7 Dec", "next wednesday: Wed 9 Dec"]],
    ["pay in 2|", ["in 2 days: Wed 2 Dec", "in 2 weeks: Mon 14 Dec"]],
    ["pay in 2 d|", ["in 2 days: Wed 2 Dec"]],
    ["water every week|", ["every weekday: repeats Monday to Friday"]],
    ["pay tomorrow|", []],
    ["to|", []],
    ["the money|", []],
    ["call tom|my", []],
    ["call tom |", []],
  ])("%s", (line, expected) =>
    expect(offered(line).map((one) => one.replace(",", ""))).toEqual(expected),
  );
});

it.each([
  ["paint #ho|", 6, "#home", "paint #home |"],
  ["paint #ho| today", 6, "#home", "paint #home |today"],
  ["pay next w|", 4, "next week", "pay next week |"],
])("%s is completed in place", (marked, start, words, expected) => {
  const after = completed(marked.replace("|", ""), marked.indexOf("|"), start, {
    words,
    detail: "",
  });
  expect(`${after.text.slice(0, after.caret)}|${after.text.slice(after.caret)}`).toBe(expected);
});
