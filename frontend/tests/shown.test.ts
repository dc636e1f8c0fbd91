import type { QueryKey } from "@tanstack/react-query";
import { expect, it } from "vitest";
import type { Task } from "@/lib/api/types";
import { showWaiting } from "@/lib/offline/shown";
import type { Waiting } from "@/lib/offline/waiting";
import { DEFAULT_FILTERS } from "@/lib/tasks/filters";
import { filtersOf, placeAt } from "@/lib/places/places";

const TODAY = "2026-11-30";

const change = (fields: Partial<Waiting>): Waiting => ({
  key: "key",
  kind: "change",
  method: "PATCH",
  path: "/api/ada/tasks/1",
  body: {},
  taskId: 1,
  title: "Task",
  before: null,
  triedAt: null,
  refusal: null,
  ...fields,
});

const add = (text: string, defaults: object = {}) =>
  change({ kind: "add", taskId: -1, title: text, body: { text, defaults } });

const task = (id: number, due_date: string | null = null) =>
  ({ id, title: `Task ${id}`, due_date, tags: [] as string[] }) as Task;

const key = (path: string, filters = filtersOf(placeAt(path)!)) => [
  "tasks",
  "lists",
  path,
  filters,
  "UTC",
  TODAY,
  null,
];

const show = (changes: Waiting[], tasks: Task[], queryKey: QueryKey = key("/app")) =>
  showWaiting(changes)(
    { pages: [{ items: tasks, next_cursor: null } as never], pageParams: [null] },
    queryKey,
  ).pages.flatMap(({ items }) => items);

const titles = (...given: Parameters<typeof show>) => show(...given).map(({ title }) => title);

it("shows changes in their order, and marks them", () => {
  const changes = [
    change({ body: { title: "First" } }),
    change({ body: { title: "Second" } }),
    change({ kind: "complete", body: { completed: true } }),
  ];
  expect(show(changes, [task(1), task(2)])).toMatchObject([
    { title: "Second", completed: true, waiting: true },
    { title: "Task 2" },
  ]);
  expect(show(changes, [task(2)])[0]).not.toHaveProperty("waiting");
});

it("shows nothing that is deleted, unless it is brought back, and nothing of what was refused", () => {
  const gone = change({ kind: "delete", method: "DELETE" });
  expect(titles([gone], [task(1)])).toEqual([]);
  expect(titles([gone, change({ kind: "restore", method: "POST" })], [task(1)])).toEqual([
    "Task 1",
  ]);
  const refusal = { kind: "refused", words: "no", now: null } as const;
  expect(titles([{ ...gone, refusal }], [task(1)])).toEqual(["Task 1"]);
  expect(titles([{ ...add("milk"), refusal }], [])).toEqual([]);
});

it("shows a new task where it belongs, by its day, and once", () => {
  const milk = add("milk tomorrow");
  expect(titles([milk], [task(1, TODAY)])).toEqual(["Task 1", "milk tomorrow"]);
  expect(titles([milk], [task(1)], key("/app/today"))).toEqual(["Task 1"]);
  const today = add("bread", { due_date: TODAY });
  expect(titles([today], [task(1, "2026-12-01")])).toEqual(["bread", "Task 1"]);
  expect(titles([today], [], key("/app/today"))).toEqual(["bread"]);
  expect(titles([today], [], key("/app/upcoming"))).toEqual([]);
  expect(titles([today], [], key("/app/done"))).toEqual([]);
  expect(titles([add("soap", { tags: ["home"] })], [], key("/app/tags/home"))).toEqual(["soap"]);
  expect(titles([today], [], key("/app/tags/home"))).toEqual([]);
  expect(titles([today], [], key("/app", { ...DEFAULT_FILTERS, query: "x" }))).toEqual([]);
  // It has been made, and is in the list already.
  expect(titles([{ ...today, taskId: 1 }], [task(1)])).toEqual(["Task 1"]);
});

it("shows what is changed of a task that is not made yet, and its subtasks beside it", () => {
  const milk = add("milk");
  expect(titles([milk, change({ taskId: -1, body: { title: "Oat milk" } })], [])).toEqual([
    "Oat milk",
  ]);
  const subtask = change({
    kind: "add",
    taskId: -2,
    title: "Eggs",
    body: { title: "Eggs", parent_id: 1 },
  });
  expect(titles([subtask], [], ["tasks", "lists", "of", 1])).toEqual(["Eggs"]);
  expect(titles([subtask], [], ["tasks", "lists", "of", 2])).toEqual([]);
  expect(titles([subtask], [])).toEqual([]);
});
