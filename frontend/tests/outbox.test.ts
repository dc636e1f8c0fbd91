import "fake-indexeddb/auto";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { Task } from "@/lib/api/types";
import { Outbox } from "@/lib/offline/outbox";
import { setOffline } from "@/lib/offline/state";
import type { Waiting } from "@/lib/offline/waiting";

const HOUR_MS = 3_600_000;

interface Sent {
  what: string;
  key: string | undefined;
  body: unknown;
}

let person = 0;
let user: string;
let sent: Sent[];
let waiting: readonly Waiting[];
/** What the server has. */
let tasks: Map<number, Task>;
/** What happens to writes: they arrive, are lost on the way there, or their answers are; or a status refuses them. */
let way: "open" | "lost" | "answer lost" | number;
/** What the server has done, by key. */
let done: Map<string, Response>;
const outboxes: Outbox[] = [];

const task = (id: number, fields: Partial<Task> = {}) =>
  ({ id, title: `Task ${id}`, ...fields }) as Task;

/** A server that does what it is asked once for each key. */
function answer(path: string, { method = "GET", headers, body: text }: RequestInit): Response {
  if (path === "/health/live") return new Response("{}");
  const key = (headers as Record<string, string>)["Idempotency-Key"];
  const body = text ? (JSON.parse(text as string) as Partial<Task> & { text?: string }) : undefined;
  const id = Number(/\d+$/.exec(path.replace(/\/(complete|restore)$/, ""))?.[0]);
  if (method === "GET") return tasks.has(id) ? Response.json(tasks.get(id)) : refusal(404);
  sent.push({ what: `${method} ${path.replace(`/api/${user}`, "")}`, key, body });
  if (typeof way === "number") return refusal(way);
  const former = done.get(key!);
  if (former) return former.clone();
  if (!path.includes("quick-add") && !tasks.has(id)) return refusal(404);
  const made = path.includes("quick-add")
    ? task(100 + tasks.size, { title: body!.text!.replace(" tomorrow", "") })
    : { ...tasks.get(id)!, ...body };
  tasks.set(made.id, made);
  if (method === "DELETE") tasks.delete(id);
  const response = method === "DELETE" ? new Response(null, { status: 204 }) : Response.json(made);
  done.set(key!, response.clone());
  return response;
}

/** A lock of the browser's: one holds it at a time. */
let last: Promise<void> = Promise.resolve();
const inTurn = (_name: string, run: () => Promise<void>) => (last = last.then(run));

const refusal = (status: number) => Response.json({ detail: `said ${status}` }, { status });

beforeEach(() => {
  user = `person${person++}`;
  sent = [];
  waiting = [];
  tasks = new Map([1, 2].map((id) => [id, task(id)]));
  done = new Map();
  way = "lost";
  vi.stubGlobal("navigator", { locks: { request: inTurn } });
  vi.stubGlobal("fetch", async (path: string, init: RequestInit = {}) => {
    if (way === "lost") throw new TypeError("fetch failed");
    const response = answer(path, init);
    if (way === "answer lost" && init.method !== "GET") throw new TypeError("fetch failed");
    return response;
  });
});

afterEach(() => {
  for (const outbox of outboxes.splice(0)) outbox.close();
  setOffline({ isCutOff: false });
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

/** A tab of the person's; `heard` is what it has heard of the tasks. */
async function tab(heard = new Map(tasks)): Promise<Outbox> {
  const outbox = await Outbox.open(user, {
    task: (id) => heard.get(id),
    changed: (now) => (waiting = now),
    refresh: () => Promise.resolve(true),
  });
  outboxes.push(outbox);
  return outbox;
}

let keys = 0;
const write = (method: "POST" | "PATCH" | "DELETE", path: string, body?: object) => ({
  method,
  path: `/api/${user}${path}`,
  body,
  key: `key-${keys++}`,
});

const rename = (id: number, title: string) => write("PATCH", `/tasks/${id}`, { title });
const add = (text: string) => write("POST", "/tasks/quick-add", { text });

/** What the last one of several sendings has done: `keep` begins one by itself. */
async function sentAll(outbox: Outbox): Promise<void> {
  await outbox.send();
  await vi.waitFor(async () => {
    await outbox.send();
    expect(waiting.filter((change) => !change.refusal)).toEqual([]);
  });
}

it("keeps changes in their order, over a reload, and sends each once", async () => {
  const first = await tab();
  for (const change of [rename(1, "One"), write("DELETE", "/tasks/2"), add("milk")])
    await first.keep(change, null);
  expect(waiting.map(({ kind }) => kind)).toEqual(["change", "delete", "add"]);
  first.close();
  const reloaded = await tab();
  way = "open";
  await sentAll(reloaded);
  expect(sent.map(({ what }) => what)).toEqual([
    "PATCH /tasks/1",
    "DELETE /tasks/2",
    "POST /tasks/quick-add",
  ]);
  expect([...tasks.values()].map(({ title }) => title)).toEqual(["One", "milk"]);
});

it("sends one whose answer was lost again under its key, which is done once", async () => {
  const outbox = await tab();
  way = "answer lost";
  await outbox.keep(add("milk"), null);
  await outbox.send();
  await vi.waitFor(() => expect(sent.length).toBeGreaterThan(0));
  way = "open";
  await sentAll(outbox);
  expect(new Set(sent.map(({ key }) => key)).size).toBe(1);
  expect([...tasks.values()].filter(({ title }) => title === "milk")).toHaveLength(1);
});

it("has two tabs send nothing twice", async () => {
  const [one, other] = [await tab(), await tab()];
  await one!.keep(add("milk"), null);
  await other!.keep(add("bread"), null);
  way = "open";
  await Promise.all([sentAll(one!), sentAll(other!)]);
  expect([...tasks.values()].map(({ title }) => title)).toEqual([
    "Task 1",
    "Task 2",
    "milk",
    "bread",
  ]);
});

it("names a task that was made offline by its id, once it has one", async () => {
  const outbox = await tab();
  const made = (await outbox.keep(add("milk tomorrow"), null)) as Task;
  expect(made).toMatchObject({ title: "milk tomorrow", waiting: true });
  expect(made.id).toBeLessThan(0);
  const renamed = (await outbox.keep(rename(made.id, "Oat milk"), null)) as Task;
  expect(renamed.title).toBe("Oat milk");
  way = "open";
  await sentAll(outbox);
  expect(waiting).toEqual([]); // it is no conflict that the server has read the line
  expect(tasks.get(102)?.title).toBe("Oat milk");
  expect(outbox.pathOf(`/api/${user}/tasks/${made.id}/complete`)).toBe(
    `/api/${user}/tasks/102/complete`,
  );
});

it("shows both versions of what was changed elsewhere, and makes the one that is chosen", async () => {
  const outbox = await tab();
  await outbox.keep(rename(1, "Mine"), null);
  await outbox.keep(rename(2, "Other task"), null);
  tasks.set(1, task(1, { title: "Theirs" }));
  way = "open";
  await sentAll(outbox);
  expect(waiting).toMatchObject([{ refusal: { kind: "conflict", now: { title: "Theirs" } } }]);
  expect(tasks.get(2)?.title).toBe("Other task"); // what is of another task does not wait for the answer
  expect(outbox.mustWait(rename(1, "Again"))).toBe(true);
  expect(outbox.mustWait(rename(2, "Again"))).toBe(false);
  await outbox.retry(waiting[0]!, "fresh");
  await sentAll(outbox);
  expect(tasks.get(1)?.title).toBe("Mine");
});

it("sees no conflict in its own changes, one after the other", async () => {
  const outbox = await tab();
  await outbox.keep(rename(1, "First"), null);
  await outbox.keep(rename(1, "Second"), null);
  way = "open";
  await sentAll(outbox);
  expect(waiting).toEqual([]);
  expect(tasks.get(1)?.title).toBe("Second");
});

it("tells what the server refuses in its words, and forgets it when that is wanted", async () => {
  const outbox = await tab();
  const made = (await outbox.keep(add("milk"), null)) as Task;
  await outbox.keep(rename(made.id, "Oat milk"), null);
  way = 422;
  await outbox.send();
  await vi.waitFor(() => expect(waiting[0]?.refusal).toMatchObject({ words: "said 422" }));
  expect(waiting).toHaveLength(2); // what is to be done to a task that is not made waits
  await outbox.discard(waiting[0]!);
  expect(waiting).toEqual([]);
});

it("takes a task that is deleted already for deleted, and tells of any other change of it", async () => {
  const outbox = await tab();
  await outbox.keep(write("DELETE", "/tasks/1"), null);
  await outbox.keep(rename(2, "Two"), null);
  tasks.clear();
  way = "open";
  await sentAll(outbox);
  expect(waiting).toMatchObject([
    {
      taskId: 2,
      refusal: { kind: "refused", words: expect.stringContaining("deleted elsewhere") },
    },
  ]);
});

it.each([401, 403, 429, 503])(
  "keeps a change that is answered with %i for later",
  async (status) => {
    const outbox = await tab();
    await outbox.keep(add("milk"), null);
    await outbox.send(); // what the keeping began, without an answer
    vi.stubGlobal("window", {
      location: { pathname: "/app", search: "", assign: () => undefined },
    });
    way = status;
    await outbox.send();
    expect(waiting).toMatchObject([{ refusal: null }]);
  },
);

it("asks before it sends what was tried longer ago than keys are known", async () => {
  const outbox = await tab();
  await outbox.keep(add("milk"), Date.now() - 24 * HOUR_MS);
  await outbox.keep(add("bread"), null); // never tried: no matter how old
  way = "open";
  await sentAll(outbox);
  expect(sent.map(({ body }) => body)).toEqual([{ text: "bread" }]);
  expect(waiting).toMatchObject([{ title: "milk", refusal: { kind: "late" } }]);
  await outbox.retry(waiting[0]!, "fresh");
  await sentAll(outbox);
  expect(sent.at(-1)).toMatchObject({ body: { text: "milk" }, key: "fresh" });
});

it("counts nothing as tried while the site does not answer at all", async () => {
  const outbox = await tab();
  await outbox.keep(add("milk"), null);
  await outbox.send();
  expect(waiting).toMatchObject([{ triedAt: null }]);
});

it("keeps no change that means what was done last, or how many there are", async () => {
  const outbox = await tab();
  await outbox.keep(add("milk"), null);
  const undo = write("POST", "/undo");
  expect(outbox.mustWait(undo)).toBe(true);
  await expect(outbox.keep(undo, null)).rejects.toThrow("sent first");
  await outbox.discard(waiting[0]!);
  setOffline({ isCutOff: true });
  expect(outbox.mustWait(undo)).toBe(false); // it is tried, and tells that it did not work
  expect(outbox.mustWait(add("milk"))).toBe(true);
});

it("leaves the changes of another person alone", async () => {
  const outbox = await tab();
  await outbox.keep(add("milk"), null);
  const theirs = await Outbox.open(`${user}-other`, {
    task: () => undefined,
    changed: (now) => expect(now).toEqual([]),
    refresh: () => Promise.resolve(true),
  });
  outboxes.push(theirs);
  await theirs.send();
  expect(waiting).toHaveLength(1);
});
