import fc from "fast-check";
import { createElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import ReactMarkdown, { type Components } from "react-markdown";
import remarkGfm from "remark-gfm";
import { describe, expect, it } from "vitest";
import { Markdown } from "@/components/markdown";
import { noteOpening, noteProgress, withBoxTicked } from "@/lib/tasks/note";

const shown = (text: string) => renderToStaticMarkup(createElement(Markdown, { text }));

/** Whether each box that is shown is ticked, in their order. */
const boxes = (text: string) =>
  [...shown(text).matchAll(/<input type="checkbox"[^>]*>/g)].map(([box]) =>
    box.includes("checked"),
  );

/** Lines of notes as people write them; each begins as its kind says, and none goes on in the next. */
const word = fc.stringMatching(/^[a-z]{1,5}$/);
const boxAfter = (...openings: string[]) =>
  fc
    .tuple(fc.constantFrom(...openings), fc.constantFrom(" ", "x", "X"), word)
    .map(([opening, mark, words]) => `${opening}[${mark}] ${words}`);
const listed = boxAfter("- ", "* ", "+ ", "1. ", "2) ");
const box = fc.oneof(listed, boxAfter("> - ", "> 1. ", "- - "));
const inner = boxAfter("- ", "* ", "1. ");
const nested = fc.tuple(listed, inner).map(([one, other]) => `${one}\n    ${other}`);
const block = fc.oneof(
  box,
  nested,
  word,
  word.map((words) => `- ${words}`),
  word.map((words) => `# ${words}`),
  word.map((words) => `text [ ] ${words} [x]`),
  word.map((words) => `- [${words}](https://example.org)`),
  box.map((line) => `\`${line}\``),
  box.map((line) => `\`\`\`\n${line}\n\`\`\``),
  box.map((line) => `~~~ md\n${line}\n\`\`\`\n${line}\n~~~`),
  box.map((line) => `words\n\n    ${line}`),
);
const note = fc.array(block, { maxLength: 6 }).map((blocks) => blocks.join("\n\nbetween\n\n"));

describe("the boxes of a note", () => {
  it.each<[string, ReturnType<typeof noteProgress>]>([
    ["", null],
    ["call the plumber", null],
    ["- milk\n- eggs", null],
    ["- [ ] milk\n- [x] eggs\n- [X] bread", { done: 2, total: 3 }],
    ["* [x] milk\n  1. [ ] the white one", { done: 1, total: 2 }],
    ["> - [ ] said he", { done: 0, total: 1 }],
    ["```\n- [x] code\n```\n- [ ] none", { done: 0, total: 1 }],
    ["~~~\n- [x] code\n```\n- [x] still\n~~~", null],
    ["text:\n\n    - [x] code", null],
    ["- [] none\n- [ ]none\n- [ ]", null],
    ["see [ ] and [x]", null],
    ["- [x](https://example.org)", null],
    ["- [ ] one\r\n- [x] two", { done: 1, total: 2 }],
  ])("%j", (text, expected) => expect(noteProgress(text)).toEqual(expected));

  it("are counted as they are shown", () => {
    fc.assert(
      fc.property(note, (text) => {
        const found = boxes(text);
        expect(noteProgress(text)).toEqual(
          found.length > 0 ? { done: found.filter(Boolean).length, total: found.length } : null,
        );
      }),
    );
  });

  it("are ticked one by one: nothing else of the text changes", () => {
    fc.assert(
      fc.property(note, fc.nat(), (text, which) => {
        const before = boxes(text);
        fc.pre(before.length > 0);
        const index = which % before.length;
        const starts = itemStarts(text);
        const after = withBoxTicked(text, starts[index]!);
        expect(boxes(after)).toEqual(before.with(index, !before[index]));
        const differing = [...text].filter((letter, at) => letter !== after[at]);
        expect(differing).toHaveLength(1);
        expect(after).toHaveLength(text.length);
        expect(withBoxTicked(after, starts[index]!).toLowerCase()).toBe(text.toLowerCase());
      }),
    );
  });
});

/** Where the list item of each box begins, as the text is read for being shown. */
function itemStarts(text: string): number[] {
  const starts: number[] = [];
  const li: Components["li"] = ({ node, className, children }) => {
    if (className === "task-list-item") starts.push(node!.position!.start.offset!);
    return children;
  };
  const props = { remarkPlugins: [remarkGfm], components: { li }, children: text };
  renderToStaticMarkup(createElement(ReactMarkdown, props));
  return starts;
}

describe("what is shown of a note", () => {
  it.each([
    ["<b>bold</b><script>x</script>", /<(b|script)/],
    ["![cat](https://example.org/cat.png)", /<img/],
    ["[run](javascript:alert%281%29)", /href/],
    ["[here](/app)", /href/],
    ["[down](#end)", /href/],
    ["[call](tel:1)", /href/],
  ])("%s is not followed", (text, unwanted) => expect(shown(text)).not.toMatch(unwanted));

  it.each(["https://example.org", "http://example.org", "mailto:ada@example.org"])(
    "%s is a link that leaves in a new tab",
    (address) =>
      expect(shown(`[there](${address})`)).toContain(
        `<a href="${address}" target="_blank" rel="noopener noreferrer nofollow">there</a>`,
      ),
  );

  it("is each box by the words beside it", () =>
    expect(shown("- [ ] **buy** milk\n  - [ ] fresh")).toMatch(
      /aria-label="buy milk"[^]*aria-label="fresh"/,
    ));
});

it.each([
  ["call **her** or *him*, `now`", "call her or him, now"],
  ["2 * 3 * 4", "2 * 3 * 4"],
  ["```\n- [ ] code\n```", ""],
  ["- [ ] milk\n- [ ] eggs", "milk"],
  ["## Plan", "Plan"],
  ["\n\n1. see [the page](https://example.org)", "see the page"],
  ["snake_case #home", "snake_case #home"],
])("the opening of %j is %j", (note, opening) => expect(noteOpening(note)).toBe(opening));
