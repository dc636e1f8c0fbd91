import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { LinePart, PreviewedTask } from "@/lib/api/types";
import { carried, inUnits, lineOf, meaningOf, retyped, type Span } from "@/lib/tasks/line";

const NOW = new Date("2026-11-30T09:00:00Z");

const part = (text: string, line: string): Span => ({
  start: line.indexOf(text),
  end: line.indexOf(text) + text.length,
});

describe("an edit leaves the spans that it has not touched", () => {
  const line = "pay rent friday 5pm #home";
  const spans = ["friday", "5pm", "#home"].map((text) => part(text, line));
  const left = (after: string) =>
    carried(spans, line, after).map(({ start, end }) => after.slice(start, end));

  it.each([
    ["more at the end", `${line} now`, ["friday", "5pm", "#home"]],
    ["more in front", `please ${line}`, ["friday", "5pm", "#home"]],
    ["another word between", "pay rent friday at 5pm #home", ["friday", "5pm", "#home"]],
    ["a part changed", "pay rent friday 6pm #home", ["friday", "#home"]],
    ["a part taken away", "pay rent 5pm #home", ["5pm", "#home"]],
    ["all replaced", "buy milk", []],
    ["emptied", "", []],
  ])("%s", (_what, after, expected) => expect(left(after)).toEqual(expected));

  it("whatever is put wherever, those that are kept mark the same characters, in the same order", () => {
    const text = fc.string({ unit: "grapheme", maxLength: 12 });
    fc.assert(
      fc.property(text, text, text, text, (front, old, fresh, back) => {
        const [before, after] = [front + old + back, front + fresh + back];
        const each = before.split("").map((unit, at) => ({ start: at, end: at + 1, at, unit }));
        const kept = carried(each, before, after);
        expect(kept.map(({ start, end }) => after.slice(start, end))).toEqual(
          kept.map(({ unit }) => unit),
        );
        expect(kept.map(({ at }) => at)).toEqual(kept.map(({ at }) => at).sort((a, b) => a - b));
        expect(before.length - kept.length).toBeLessThanOrEqual(old.length);
      }),
    );
  });
});

it("what was refused stays refused as long as it stands there", () => {
  const draft = { text: "call may", refused: [part("may", "call may")] };
  expect(retyped(draft, "call may today").refused).toEqual([part("may", "call may")]);
  expect(retyped(draft, "please call may").refused).toEqual([part("may", "please call may")]);
  expect(retyped(draft, "call ma").refused).toEqual([]);
});

it("spans are counted in code points by the service, and in units by a text field", () => {
  const text = "🎉 party 🎂 friday";
  const own = part("friday", text);
  const { refused } = lineOf({ text, refused: [own] }, {}, "UTC");
  expect(refused).toEqual([{ start: 10, end: 16 }]);
  expect(inUnits(text, refused[0]!)).toEqual(own);
});

describe("a part is told by what it means", () => {
  const task: PreviewedTask = {
    title: "Pay rent",
    description: "",
    priority: "high",
    due_date: "2026-12-01",
    due_time: "17:00:00",
    time_zone: "UTC",
    tags: ["home"],
    recurrence: null,
    parent_id: null,
  };

  it.each<[LinePart["kind"], string, string]>([
    ["date", "tomorrow", "Tomorrow"],
    ["time", "5pm", "17:00"],
    ["priority", "p1", "High priority"],
    ["tag", "#home", "#home"],
    ["repetition", "every so often", "every so often"],
  ])("%s", (kind, text, words) => {
    const one = { kind, text, start: 0, end: text.length, kept: false };
    expect(meaningOf(one, task, "UTC", NOW, "en-GB")).toBe(words);
  });
});
