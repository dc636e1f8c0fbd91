import { afterEach, expect, it, vi } from "vitest";
import { ApiError, callApi } from "@/lib/api/client";
import { breaksOff } from "./broken-answer";

afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

it.each([
  ["no answer", () => Promise.reject(new TypeError("Failed to fetch"))],
  ["one that breaks off", () => Promise.resolve(breaksOff(200))],
  ["half of one", () => Promise.resolve(new Response('{"items": ['))],
  ["a page in its place", () => Promise.resolve(new Response("<!doctype html>"))],
])("%s may be asked for again", async (_, answer) => {
  vi.stubGlobal("fetch", answer);
  const error: unknown = await callApi("/api/me/tasks").catch((error: unknown) => error);
  expect(error).toBeInstanceOf(ApiError);
  expect((error as ApiError).isTransient).toBe(true);
});

/** As fetch does it, until it is told to stop. */
const neverAnswers = (_: string, { signal }: RequestInit) =>
  new Promise((_resolve, reject) =>
    signal!.addEventListener("abort", () => reject(signal!.reason as Error)),
  );

it("gives up a read that is never answered, so that it is asked for again", async () => {
  const limit = new AbortController();
  vi.spyOn(AbortSignal, "timeout").mockReturnValue(limit.signal);
  vi.stubGlobal("fetch", neverAnswers);
  const read = callApi("/api/me/tasks");
  limit.abort(new DOMException("too late", "TimeoutError"));
  await expect(read).rejects.toMatchObject({ name: "ApiError", status: 0 });
});

it("gives up no write, and what its caller gives up is no failure", async () => {
  const limit = vi.spyOn(AbortSignal, "timeout");
  vi.stubGlobal("fetch", neverAnswers);
  const caller = new AbortController();
  const write = callApi("/api/me/tasks", { method: "POST", body: {}, signal: caller.signal });
  caller.abort();
  await expect(write).rejects.toMatchObject({ name: "AbortError" });
  expect(limit).not.toHaveBeenCalled();
});
