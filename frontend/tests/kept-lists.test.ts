import "fake-indexeddb/auto";
import { QueryClient } from "@tanstack/react-query";
import { keys } from "idb-keyval";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { ApiError } from "@/lib/api/client";
import { createQueryClient } from "@/lib/api/query-client";
import { KeptLists } from "@/lib/offline/kept-lists";
import { patience } from "@/lib/offline/patience";
import { SLOW_MS } from "@/lib/offline/soon";
import { offlineState, setOffline } from "@/lib/offline/state";
import { store } from "@/lib/offline/store";
import { DEFAULT_FILTERS } from "@/lib/tasks/filters";

const DAY_MS = 86_400_000;

let person = 0;
let user: string;
const opened: KeptLists[] = [];

/** What the server answers; null is no answer. */
let answer: unknown;

beforeEach(() => {
  user = `reader${person++}`; // other tests have persons in the same store
});

afterEach(() => {
  for (const lists of opened.splice(0)) lists.stop();
  vi.useRealTimers();
});

const list = (...ids: number[]) => ({
  pages: [
    { items: ids.map((id) => ({ id, title: `Task ${id}`, user_id: user })), next_cursor: null },
  ],
  pageParams: [null],
});

const key = (path: string, today = "2026-11-30") => [
  "tasks",
  "lists",
  path,
  DEFAULT_FILTERS,
  "UTC",
  today,
  null,
];

const client = () => new QueryClient({ defaultOptions: { queries: { retry: false } } });

/** A page of the person's, which keeps lists. */
async function page({ who = user, build = "build", isSignedIn = true } = {}) {
  const page = client();
  opened.push(await KeptLists.open(page, who, build, () => isSignedIn));
  return page;
}

/** What a page has of a list once it has asked for it. */
async function ask(page: QueryClient, queryKey: unknown[]): Promise<unknown> {
  const queryFn = () =>
    answer === null ? Promise.reject(new ApiError(0, "no answer")) : Promise.resolve(answer);
  await page.fetchQuery({ queryKey, queryFn }).catch(() => undefined);
  return page.getQueryData(queryKey);
}

async function kept(count: number): Promise<void> {
  const ours = async () => (await keys<string[]>(store)).filter((address) => address[1] === user);
  await vi.waitFor(async () => expect(await ours()).toHaveLength(count), { timeout: 5_000 });
}

it("shows a list as it was, on a later day too, and never that of another place", async () => {
  answer = list(1, 2);
  const before = await page();
  await ask(before, key("/app"));
  await ask(before, ["tasks", "found", "words"]); // no list of a place
  const at = before.getQueryState(key("/app"))!.dataUpdatedAt;
  await kept(1);
  answer = null;
  const offline = await page();
  expect(await ask(offline, key("/app", "2026-12-01"))).toEqual(list(1, 2));
  expect(offline.getQueryState(key("/app", "2026-12-01"))?.dataUpdatedAt).toBeCloseTo(at, -3);
  expect(await ask(offline, key("/app/today"))).toBeUndefined();
  expect(opened.at(-1)!.task(2)).toMatchObject({ title: "Task 2" });
});

it("shows it also where the answer was missed before what is kept was read", async () => {
  answer = list(1);
  await ask(await page(), key("/app"));
  await kept(1);
  answer = null;
  const early = client();
  expect(await ask(early, key("/app"))).toBeUndefined();
  opened.push(await KeptLists.open(early, user, "build", () => true));
  expect(early.getQueryData(key("/app"))).toEqual(list(1));
});

it("keeps also what was answered before it was there", async () => {
  answer = list(1);
  const early = client();
  await ask(early, key("/app"));
  opened.push(await KeptLists.open(early, user, "build", () => true));
  await kept(1);
});

it("keeps what the server said, and not what a change shows at once", async () => {
  answer = list(1);
  const before = await page();
  await ask(before, key("/app"));
  before.setQueryData(key("/app"), list());
  await kept(1);
  answer = null;
  expect(await ask(await page(), key("/app"))).toEqual(list(1));
});

it("shows nothing of another person, of another build or of long ago, and drops it", async () => {
  answer = list(1);
  await ask(await page(), key("/app"));
  await kept(1);
  answer = null;
  vi.useFakeTimers({ now: Date.now() + 15 * DAY_MS, toFake: ["Date"] });
  expect(await ask(await page(), key("/app"))).toBeUndefined();
  await kept(0);
  vi.useRealTimers();

  for (const other of [{ build: "another" }, { who: `${user}-other` }]) {
    answer = list(1);
    await ask(await page(), key("/app"));
    await kept(1);
    answer = null;
    expect(await ask(await page(other), key("/app"))).toBeUndefined();
    await kept(0);
  }
});

it("keeps nothing of somebody who has signed out, nor what another person was answered", async () => {
  const theirs = list(1);
  theirs.pages[0]!.items[0]!.user_id = "another";
  answer = theirs;
  await ask(await page(), key("/app/today"));
  answer = list(1);
  await ask(await page({ isSignedIn: false }), key("/app"));
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  await kept(0);
});

it("keeps the 20 newest lists, and 200 tasks of each", async () => {
  const before = await page();
  const pages = Array.from({ length: 6 }, () => list(1).pages[0]);
  answer = { pages, pageParams: pages.map(() => null) };
  for (let place = 0; place < 23; place++) await ask(before, key(`/app/tags/${place}`));
  await kept(23);
  answer = null;
  const offline = await page();
  await kept(20);
  expect(await ask(offline, key("/app/tags/22"))).toMatchObject({ pages: { length: 4 } });
});

it("shows a list as it was while its answer takes long, and the answer once it comes", async () => {
  setOffline({ isSilent: false });
  answer = list(1);
  await ask(await page(), key("/app"));
  await kept(1);
  const slow = await page();
  let give: (answer: unknown) => void = () => undefined;
  const given = new Promise((resolve) => (give = resolve));
  const asked = slow.fetchQuery({ queryKey: key("/app"), queryFn: () => given });
  const shown = () => slow.getQueryData(key("/app"));
  expect(shown()).toBeUndefined();
  expect(patience()).toBe(SLOW_MS);
  await vi.waitFor(() => expect(shown()).toEqual(list(1)), { timeout: 60_000 });
  expect(patience(), "a site that keeps silent is waited for once").toBe(0);
  give(list(1, 2));
  await asked;
  expect(shown()).toEqual(list(1, 2));
});

it("waits for a site that was slow to give the page no more, until it answers", async () => {
  const opening = vi.spyOn(performance, "getEntriesByType");
  for (const [responseStart, awaited] of [
    [SLOW_MS, 0],
    [SLOW_MS - 1, SLOW_MS],
  ] as const) {
    opening.mockReturnValue([{ startTime: 0, responseStart } as PerformanceNavigationTiming]);
    setOffline({ isSilent: null });
    expect(patience()).toBe(awaited);
  }

  const asking = createQueryClient();
  for (const [error, isSilent] of [
    [new ApiError(0, "no answer"), true],
    [new ApiError(503, "not ready"), false],
    [null, false],
  ] as const) {
    setOffline({ isSilent: true });
    const queryFn = () => (error ? Promise.reject(error) : Promise.resolve("an answer"));
    await asking.fetchQuery({ queryKey: ["asked"], queryFn }).catch(() => undefined);
    expect(offlineState().isSilent).toBe(isSilent);
  }
});
