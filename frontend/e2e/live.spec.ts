import type { APIRequestContext, Page, Request } from "@playwright/test";
import {
  expect,
  messages,
  newAccount,
  PAGE,
  quickAdd,
  say,
  signUp,
  taskTitle,
  test,
} from "./fixtures";

/** A page that follows changes. */
async function followed(page: Page): Promise<void> {
  const opened = page.waitForResponse("**/api/me/events");
  await page.goto("/app");
  await opened;
}

/** The requests that a page makes from now on for lists of tasks, or for those that its chat tells of. */
function countReads(page: Page, which: "lists" | "cards"): Request[] {
  const wanted = which === "lists" ? /\/api\/me\/tasks\?(?!id=)/ : /\/api\/me\/tasks\?id=/;
  const reads: Request[] = [];
  page.on("request", (request) => {
    if (request.method() === "GET" && wanted.test(request.url())) reads.push(request);
  });
  return reads;
}

/** A program with a token of its own, which knows nothing of the browser. */
async function program(
  page: Page,
  request: APIRequestContext,
): Promise<(title: string) => Promise<void>> {
  const { token } = (await (await page.request.get("/api/auth/token")).json()) as { token: string };
  return async (title) => {
    const answer = await request.post("/api/me/tasks", {
      data: { title },
      headers: { authorization: `Bearer ${token}` },
    });
    expect(answer.status()).toBe(201);
  };
}

test("what another tab, a program or the assistant changes is shown, and nobody asks in vain", async ({
  page,
  context,
  request,
}) => {
  await signUp(page, newAccount());
  await followed(page);
  const other = await context.newPage();
  await other.goto("/app");
  await expect(other.getByRole("heading", { name: "A clear list" })).toBeVisible();
  const add = await program(page, request);

  await quickAdd(other, "From another tab", "From another tab");
  await expect(taskTitle(page, "From another tab")).toBeVisible();
  await add("From a program");
  for (const tab of [page, other]) await expect(taskTitle(tab, "From a program")).toBeVisible();
  await say(other, "delete from another tab");
  await say(other, "yes");
  for (const tab of [page, other]) await expect(taskTitle(tab, "From another tab")).toBeHidden();
  await expect(messages(other)).toHaveAttribute("aria-busy", "false");

  await page.waitForTimeout(3_000); // what was on its way
  const reads = [
    countReads(page, "lists"),
    countReads(other, "lists"),
    countReads(other, "cards"), // of what its assistant deleted
  ];
  await page.waitForTimeout(5_000);
  expect(reads.map(({ length }) => length)).toEqual([0, 0, 0]); // while nothing happens
  await add("Once more");
  for (const tab of [page, other]) await expect(taskTitle(tab, "Once more")).toBeVisible();
  await page.waitForTimeout(3_000);
  expect(reads.map(({ length }) => length)).toEqual([1, 1, 1]);
});

test("all tabs of a browser have one stream, and the next follows when that tab is closed", async ({
  page,
  context,
  request,
}) => {
  await signUp(page, newAccount());
  const streams: Request[] = [];
  context.on("request", (asked) => void (/\/events$/.test(asked.url()) && streams.push(asked)));
  await followed(page);
  const tabs = [];
  for (let tab = 0; tab < 7; tab++) {
    tabs.push(await context.newPage());
    await tabs.at(-1)!.goto("/app"); // more than the six connections that a browser has
  }
  const add = await program(page, request);
  await add("For all");
  for (const tab of [page, ...tabs]) await expect(taskTitle(tab, "For all")).toBeVisible();
  expect(streams).toHaveLength(1);
  await page.close();
  await add("After the first");
  for (const tab of tabs) await expect(taskTitle(tab, "After the first")).toBeVisible();
  expect(streams).toHaveLength(2);
});

test("one's own changes are fetched once, and what is being written stays", async ({
  page,
  request,
}) => {
  await signUp(page, newAccount());
  await followed(page);
  await quickAdd(page, "Edit me", "Edit me");
  await page.waitForTimeout(3_000);
  const lists = countReads(page, "lists");
  await quickAdd(page, "One more", "One more");
  await page.waitForTimeout(3_000);
  expect(lists).toHaveLength(1);

  await taskTitle(page, "Edit me").click();
  const title = page.getByRole("dialog").getByLabel("Title");
  await title.fill("Half of a new ti");
  await (
    await program(page, request)
  )("Meanwhile");
  await expect(page.getByText("Meanwhile", { exact: true })).toBeAttached();
  await expect(title).toHaveValue("Half of a new ti");
  await expect(title).toBeFocused();
});

test.describe("without the stream", () => {
  test.use({ expectedConsoleErrors: /status of 503|Failed to load resource/ });

  test("the page works", { tag: PAGE }, async ({ page }) => {
    await signUp(page, newAccount());
    await page.route("**/api/me/events", (route) => route.fulfill({ status: 503, body: "{}" }));
    await page.goto("/app");
    await quickAdd(page, "All by itself", "All by itself");
    await say(page, "add bread");
    await expect(taskTitle(page, "Bread")).toBeVisible();
  });
});
