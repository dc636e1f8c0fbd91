import { describe, expect, it } from "vitest";
import { countWords, likeness, ranked, type Choice } from "@/lib/palette/choices";

const choice = (label: string, more: Partial<Choice> = {}): Choice => ({
  id: label,
  kind: "action",
  label,
  detail: "",
  run: () => undefined,
  ...more,
});
const labels = (choices: Choice[], query: string) =>
  ranked(choices, query).map(({ label }) => label);

describe("likeness", () => {
  it("is higher, the more of the label is what is typed", () => {
    const labels = ["Today", "Todays paper", "The paper of today", "Yestertoday", "Upcoming"];
    expect(labels.map((label) => likeness(label, "today"))).toEqual([4, 3, 2, 1, 0]);
  });

  it("minds neither case, accents nor the sign of a tag", () => {
    expect(likeness("Café", "CAFE")).toBe(4);
    expect(likeness("home", "#ho")).toBe(2);
  });

  it("asks for every word, in any order", () => {
    expect(likeness("Buy oat milk", "milk buy")).toBe(2);
    expect(likeness("Buy oat milk", "milk sell")).toBe(0);
  });
});

describe("ranked", () => {
  const task = (label: string, isFound = true) => choice(label, { kind: "task", isFound });
  const add = choice("Add a task:", { takes: "words" });

  it("has the best first, and what takes any words last", () => {
    const choices = [add, task("Plan a dark room"), choice("Colours: Dark"), choice("Dark")];
    expect(labels(choices, "dark")).toEqual([
      "Dark",
      "Plan a dark room",
      "Colours: Dark",
      "Add a task:",
    ]);
  });

  it("keeps a task that has the words elsewhere, and none that was found for other words", () => {
    expect(labels([add, task("Groceries"), task("Rent", false)], "milk")).toEqual([
      "Groceries",
      "Add a task:",
    ]);
  });

  it("knows other words for an action, which count for less than its name", () => {
    const signOut = choice("Sign out", { aliases: "log out leave" });
    expect(labels([signOut, choice("Leave early")], "leave")).toEqual(["Leave early", "Sign out"]);
    expect(labels([signOut], "leave sign")).toEqual(["Sign out"]);
  });

  it("has everything in its order when nothing is typed, and few of what there may be many of", () => {
    const tags = Array.from({ length: 30 }, (_, index) => choice(`t${index}`, { kind: "tag" }));
    const shown = labels([choice("Today", { kind: "place" }), ...tags, choice("Undo")], "  ");
    expect(shown).toEqual(["Today", ...tags.slice(0, 8).map(({ label }) => label), "Undo"]);
  });
});

it("says how many there are", () => {
  expect([0, 1, 2].map(countWords)).toEqual(["No results", "1 result", "2 results"]);
});
