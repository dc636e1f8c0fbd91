import { MantineProvider } from "@mantine/core";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { createElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, it } from "vitest";
import { Beside } from "@/components/chat/beside";
import { toldTasks } from "@/lib/chat/conversation";
import type { Choice, Display, ThreadItem } from "@/lib/chat/protocol";

const ID = "5b0c1c52-3d5c-4a2f-9d67-0d6b2f6f4a11";
const milk = { id: 7, title: "Buy milk" };
const asks = (...choices: Choice[]): Display => ({ text: "Which one?", tasks: [], choices });
const tells = (changed: Partial<Display> = {}): Display => ({
  text: "Added it.",
  tasks: [milk],
  choices: [],
  ...changed,
});

/** What stands beside an answer for somebody whose page knows these tasks and changes. */
function shown(display: Display, { isOpen = true, tasks = [] as object[], undone = false } = {}) {
  const client = new QueryClient();
  const pages = (items: object[]) => ({ pages: [{ items, next_cursor: null }], pageParams: [0] });
  client.setQueryData(["tasks", "lists", "told", display.tasks.map(({ id }) => id)], pages(tasks));
  client.setQueryData(["tasks", "changes"], {
    items: [{ id: ID, undone, tasks: [] }],
    next_cursor: null,
  });
  const told = display.tasks.map(({ id }) => id);
  const beside = createElement(Beside, { display, isOpen, told, onSay: () => undefined });
  const html = renderToStaticMarkup(
    createElement(QueryClientProvider, {
      client,
      children: createElement(MantineProvider, null, beside),
    }),
  );
  return html.replace(/<style.*?<\/style>/gs, "");
}

const words = (html: string) =>
  html
    .replace(/<[^>]+>/g, " ")
    .replace(/\s+/g, " ")
    .trim();
const task = (changed: object = {}) => ({
  ...milk,
  completed: false,
  priority: "none",
  due_date: null,
  due_time: null,
  due_at: null,
  ...changed,
});

describe("beside an answer", () => {
  const mom: Choice = { label: "Call mom", message: "Call mom", detail: "due today", task_id: 3 };
  const none: Choice = { label: "None of them", message: "None of them", detail: "" };

  it("a question that waits has a button for each choice", () => {
    const html = shown(asks(mom, none));
    expect(html.match(/<button/g)).toHaveLength(2);
    expect(html).toContain('role="group" aria-label="Answer the question"');
    expect(words(html)).toBe("Call mom due today None of them");
  });

  it("a question that was answered keeps its tasks in words, and no buttons", () => {
    const html = shown(asks(mom, none), { isOpen: false });
    expect(html).not.toContain("<button");
    expect(words(html)).toBe("Call mom due today");
  });

  it.each([
    { what: "as it is now", tasks: [task({ title: "Buy oat milk" })], says: "Buy oat milk Open" },
    { what: "checked", tasks: [task({ completed: true })], says: "Buy milk Open" },
    { what: "gone", tasks: [], says: "Buy milk Not on your list any more" },
  ])("a card shows its task $what", ({ tasks, says }) => {
    const html = shown(tells(), { tasks });
    expect(words(html)).toBe(says);
    expect(html.includes("checkbox")).toBe(tasks.length > 0);
  });

  it.each([
    { undone: false, says: "Buy milk Undo Open" },
    { undone: true, says: "Buy milk Undone Open" },
  ])("what the answer changed can be undone once", ({ undone, says }) => {
    expect(words(shown(tells({ change_id: ID }), { tasks: [task()], undone }))).toBe(says);
  });

  it("a change that is not among the latest has no way back", () => {
    const other = ID.replace("5", "6");
    expect(words(shown(tells({ change_id: other }), { tasks: [task()] }))).toBe("Buy milk Open");
  });

  it("shows five of many tasks, and one way back for all", () => {
    const tasks = Array.from({ length: 12 }, (_, id) => ({ id, title: `t${id}.` }));
    const html = shown(tells({ tasks, change_id: ID }), { tasks: tasks.map((one) => task(one)) });
    expect(words(html)).toMatch(/t4\. Open Show all 12 Undo$/);
  });

  it("tasks that several answers tell of are asked for once", () => {
    const answer = (id: string, display?: Display): ThreadItem => ({
      type: "assistant_message",
      id,
      content: [],
      display,
    });
    expect(toldTasks([answer("a", tells()), answer("b"), answer("c", tells())])).toEqual([7]);
  });
});
