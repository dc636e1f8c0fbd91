import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { changeOnce, createOnce } from "@/lib/api/write";
import { breaksOff } from "./broken-answer";

interface Sent {
  path: string;
  method: string;
  key: string;
}

let sent: Sent[];
/** What the next answers are; null is none at all, "broken" one that breaks off. The last one stands. */
let answers: (number | "broken" | null)[];

beforeEach(() => {
  sent = [];
  vi.stubGlobal("fetch", (path: string, init: RequestInit) => {
    const { "Idempotency-Key": key } = init.headers as Record<string, string>;
    sent.push({ path, method: init.method!, key: key! });
    const status = answers.length > 1 ? answers.shift()! : answers[0]!;
    if (status === null) return Promise.reject(new TypeError("fetch failed"));
    if (status === "broken") return Promise.resolve(breaksOff(201));
    if (status === 204) return Promise.resolve(new Response(null, { status }));
    return Promise.resolve(Response.json({ id: 1, detail: "said so" }, { status }));
  });
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** The outcome, with all waits passed. */
async function outcome(call: Promise<unknown>): Promise<unknown> {
  const settled = call.catch((error: Error & { status: number }) => error.status);
  await vi.runAllTimersAsync();
  return settled;
}

const keys = () => sent.map(({ key }) => key);

it("sends a write again under its own key while the answer gets lost", async () => {
  answers = [null, "broken", 200];
  const change = changeOnce("PATCH", "/api/me/tasks/1/complete", { completed: true });
  expect(await outcome(change)).toMatchObject({ id: 1 });
  expect(sent.map(({ method, path }) => `${method} ${path}`)).toEqual(
    Array<string>(3).fill("PATCH /api/me/tasks/1/complete"),
  );
  expect(new Set(keys()).size).toBe(1);
  expect(keys()[0]).toMatch(/^[0-9a-f]{32}$/);
});

it("takes a refusal, and an answer without a body, for an answer", async () => {
  for (const [status, expected] of [
    [404, 404],
    [422, 422],
    [204, undefined],
  ] as const) {
    answers = [status];
    sent = [];
    expect(await outcome(changeOnce("DELETE", "/api/me/tasks/1"))).toBe(expected);
    expect(sent).toHaveLength(1);
  }
});

it("gives up after three tries", async () => {
  answers = [503];
  expect(await outcome(changeOnce("DELETE", "/api/me/tasks/1"))).toBe(503);
  expect(sent).toHaveLength(3);
});

it("takes the same change asked for again for another one, and the same new task for one", async () => {
  answers = [503];
  const complete = () => changeOnce("PATCH", "/api/me/tasks/1/complete", { completed: true });
  const add = (title: string) => createOnce("/api/me/tasks", { title });
  for (const call of [complete, () => add("milk")]) await outcome(call());
  answers = [200];
  // Completed, reopened and completed again: the second time must not be taken for the first.
  for (const call of [complete, () => add("bread"), () => add("milk"), () => add("milk")])
    await outcome(call());
  const [completed, , , added, , , completedAgain, other, addedAgain, addedAnew] = keys();
  expect(completedAgain).not.toBe(completed);
  expect(addedAgain).toBe(added);
  expect(new Set([added, other, addedAnew]).size).toBe(3);
});

it("sends changes of one task one after the other, and those of others beside them", async () => {
  answers = [503, 200];
  const first = changeOnce("PATCH", "/api/me/tasks/1/complete", { completed: true });
  const second = changeOnce("PATCH", "/api/me/tasks/1/complete", { completed: false });
  const other = changeOnce("DELETE", "/api/me/tasks/2");
  await vi.advanceTimersByTimeAsync(0);
  expect(sent.map(({ path }) => path)).toEqual(["/api/me/tasks/1/complete", "/api/me/tasks/2"]);
  await outcome(Promise.all([first, second, other]));
  const [tried, , again, last] = keys();
  expect(again).toBe(tried);
  expect(last).not.toBe(tried);
});

it("sends the next change of a task also when the one before was refused", async () => {
  answers = [404, 200];
  const refused = changeOnce("PATCH", "/api/me/tasks/1", { title: "" });
  const next = changeOnce("PATCH", "/api/me/tasks/1", { title: "milk" });
  expect(await outcome(refused)).toBe(404);
  expect(await outcome(next)).toMatchObject({ id: 1 });
});
