import { expect, it } from "vitest";
import { withOwnScript } from "@/scripts/own-script.mjs";

const COLORS = '<script data-mantine-script="true">paint()</script>';
const OURS = '<script src="/ours.js" defer=""></script>';

const page = (head: string, body: string) =>
  `<!DOCTYPE html><html><head><title>Sign in</title>${head}</head><body>${body}</body></html>`;

it("puts one script in the place of all that Next has a page load and run", () => {
  const built = page(
    `<link rel="preload" as="script" fetchPriority="low" href="/_next/a.js"/>` +
      `<link rel="stylesheet" href="/_next/a.css"/><script src="/_next/a.js" async=""></script>` +
      `${COLORS}<script src="/_next/old.js" noModule=""></script>`,
    `<p>Welcome</p><script id="_R_">run({})</script>` +
      `<script>self.__next_f.push([1,"1:\\"\\u003cp>\\"\\n"])</script>`,
  );
  const sent = page(
    `<link rel="stylesheet" href="/_next/a.css"/>${COLORS}${OURS}`,
    "<p>Welcome</p>",
  );
  expect(withOwnScript(built, "/ours.js")).toBe(sent);
});

it.each(['<template id="B:0"></template>', '<div hidden="" id="S:0">Welcome</div>'])(
  "fails where a script would move a part of the page to its place: %s",
  (part) => expect(() => withOwnScript(page("", part), "/ours.js")).toThrow(/by Next's script/),
);
