import type { Page } from "@playwright/test";
import { expectNoViolations } from "./axe";
import {
  expect,
  messages,
  newAccount,
  PAGE,
  placeLink,
  quickAdd,
  signUp,
  taskRow,
  taskTitle,
  test,
} from "./fixtures";
import { NEW, Site } from "./site";

test.use({
  serviceWorkers: "allow",
  expectedConsoleErrors: /Failed to load resource|net::ERR_|Failed to fetch/,
});

/** Writes of tasks, by whichever name their person has. */
const WRITES = /\/api\/[^/]+\/tasks/;
const CUT_OFF = "You are offline. This is what was here at";

/** Waits until the page can be opened without the site: it has a worker, and keeps so many lists. */
async function kept(page: Page, lists = 1): Promise<void> {
  const isSecure = await page.evaluate(() => "serviceWorker" in navigator);
  test.skip(!isSecure, "a browser keeps an app from https or from this machine alone");
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
  await expect.poll(() => page.evaluate(countKept, "list")).toBeGreaterThanOrEqual(lists);
}

/** In the page: how much of a kind is kept, of whomever. */
function countKept(kind: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open("todo-stack");
    opening.onupgradeneeded = () => opening.transaction!.abort(); // nothing has been kept yet
    opening.onerror = () => resolve(0);
    opening.onsuccess = () => {
      const { result: database } = opening;
      const keys = database.transaction("offline").objectStore("offline").getAllKeys();
      keys.onerror = () => reject(keys.error);
      keys.onsuccess = () => {
        database.close();
        resolve((keys.result as string[][]).filter(([name]) => name === kind).length);
      };
    };
  });
}

/** The page of a new person at the site, with one task, which can be opened without it. */
async function beginAt(page: Page, { origin }: Site, path: string): Promise<void> {
  const account = { data: newAccount() };
  const signedUp = await page.request.post(`${origin}/api/auth/sign-up/email`, account);
  expect(signedUp.status()).toBe(200);
  await page.goto(origin + path);
  await quickAdd(page, "Water the plants", "Water the plants");
  await kept(page, 2);
}

async function goOffline(page: Page): Promise<void> {
  await page.context().setOffline(true);
  await expect(page.getByText(CUT_OFF)).toBeVisible();
}

async function goOnline(page: Page): Promise<void> {
  await page.context().setOffline(false);
  await expect(page.getByText(CUT_OFF)).toBeHidden();
}

/** Adds a line, which is the title until the server has read it. */
async function addOffline(page: Page, line: string): Promise<void> {
  const field = page.getByRole("combobox", { name: "Add a task" });
  await field.fill(line);
  await field.press("Enter");
  // One whose answer alone was lost may be in the list as well, until that is known.
  await expect(taskRow(page, line).filter({ hasText: "Waiting to be sent" })).toBeVisible();
  await expect(field).toHaveValue("");
}

async function rename(page: Page, title: string, to: string): Promise<void> {
  await taskTitle(page, title).focus();
  await page.keyboard.press("e");
  await page.getByRole("textbox", { name: "Title" }).fill(to);
  await page.keyboard.press("Enter");
  await expect(taskTitle(page, to)).toBeVisible();
}

const isWaiting = (page: Page, count: number) =>
  expect(
    page.getByText(count === 1 ? "1 change waiting" : `${count} changes waiting`),
  ).toBeVisible();

const nothingWaits = (page: Page) =>
  expect(page.getByText(/Waiting to be sent|changes? waiting|Sending/)).toHaveCount(0);

interface ServerTask {
  title: string;
  completed: boolean;
  due_date: string | null;
  priority: string;
}

async function serverTasks(page: Page): Promise<ServerTask[]> {
  const answer = await page.request.get("/api/me/tasks?sort=title&limit=200");
  return ((await answer.json()) as { items: ServerTask[] }).items;
}

/** What was done, the first first. */
async function journal(page: Page): Promise<string[]> {
  const answer = await page.request.get("/api/me/changes?limit=50");
  const { items } = (await answer.json()) as { items: { words: string }[] };
  return items.map(({ words }) => words).reverse();
}

test(
  "opens with the last lists, says since when, and shows none that is not there",
  { tag: PAGE },
  async ({ app }) => {
    await quickAdd(app, "Water the plants #home", "Water the plants");
    await placeLink(app, "Today").click();
    await expect(app.getByText("Nothing left for today")).toBeVisible();
    await placeLink(app, "All").click();
    await kept(app, 3); // two lists, and the counts
    await goOffline(app);
    await app.goto("/app/tags/home"); // an address that this browser has never shown
    await expect(app.getByText("This list is not on this device.")).toBeVisible();
    await expect(taskTitle(app, "Water the plants")).toBeHidden();
    await expectNoViolations(app);
    await placeLink(app, "All").click();
    await expect(taskTitle(app, "Water the plants")).toBeVisible();
    await expect(app.getByText(CUT_OFF)).toBeVisible();
    await placeLink(app, "Today").click();
    await expect(app.getByText("Nothing left for today")).toBeVisible();
    await placeLink(app, "Trash").click();
    await expect(app.getByText("This list is not on this device.")).toBeVisible();

    const composer = app.getByRole("textbox", { name: "Message to the assistant" });
    await expect(app.getByText("The assistant needs the connection")).toBeVisible();
    await composer.fill("What is due?");
    await composer.press("Enter");
    await app.reload();
    await expect(composer).toHaveValue("What is due?");
    await expect(app.getByRole("button", { name: "Send", exact: true })).toBeDisabled();
    await app.getByRole("button", { name: "Account" }).click();
    await app.getByRole("menuitem", { name: "Settings" }).click();
    await expect(app.getByText("Settings need the connection.")).toBeVisible();

    await app.context().setOffline(false);
    await expect(app.getByText("The trash is empty")).toBeVisible();
    await composer.press("Enter");
    await expect(messages(app)).toContainText("What is due?");
  },
);

test("every kind of change is kept over reloads, and then made once and in order", async ({
  app,
}) => {
  for (const title of ["Rename me", "Tick me", "Delete me", "Raise me"])
    await quickAdd(app, title, title);
  await kept(app, 2);
  const before = await journal(app);
  await goOffline(app);

  await rename(app, "Rename me", "Renamed");
  await app.getByRole("checkbox", { name: "Complete “Tick me”" }).click();
  await taskTitle(app, "Delete me").focus();
  await app.keyboard.press("Delete");
  await expect(taskTitle(app, "Delete me")).toBeHidden();
  await taskTitle(app, "Raise me").focus();
  await app.keyboard.press("1");
  await taskTitle(app, "Raise me").focus();
  await app.keyboard.press("d");
  await app
    .getByRole("dialog")
    .getByRole("button", { name: /^Today/ })
    .click();
  await addOffline(app, "Made offline");
  await rename(app, "Made offline", "Made and renamed offline");
  await isWaiting(app, 7);

  await app.reload();
  await isWaiting(app, 7);
  await expect(taskRow(app, "Renamed")).toContainText("Waiting to be sent");
  await expect(taskTitle(app, "Made and renamed offline")).toBeVisible();
  await expect(app.getByRole("checkbox", { name: "Open “Tick me” again" })).toBeChecked();
  await expect(taskTitle(app, "Delete me")).toBeHidden();

  await goOnline(app);
  await nothingWaits(app);
  expect(await serverTasks(app)).toMatchObject([
    { title: "Made and renamed offline" },
    { title: "Raise me", priority: "high", due_date: expect.any(String) },
    { title: "Renamed" },
    { title: "Tick me", completed: true },
  ]);
  const done = (await journal(app)).slice(before.length);
  expect(
    done.map((words) => /Rename me|Tick me|Delete me|Raise me|ade offline/.exec(words)?.[0]),
  ).toHaveLength(7);
  await app.reload();
  await expect(taskTitle(app, "Renamed")).toBeVisible();
});

for (const lost of ["request", "answer"] as const) {
  test(`a change whose ${lost} is lost is made once`, async ({ app }) => {
    await quickAdd(app, "Tick me", "Tick me");
    await quickAdd(app, "Delete me", "Delete me");
    await kept(app, 2);
    const before = await journal(app);
    await app.route(WRITES, async (route) => {
      if (route.request().method() === "GET") return route.continue();
      if (lost === "answer") await route.fetch();
      await route.abort();
    });
    const sending = app.getByText("Sending 3 changes…");
    await addOffline(app, "Made once");
    await app.getByRole("checkbox", { name: "Complete “Tick me”" }).click();
    await taskTitle(app, "Delete me").focus();
    await app.keyboard.press("Delete");
    await expect(sending).toBeVisible();
    await app.reload(); // in the middle
    await expect(sending).toBeVisible();
    await app.unrouteAll({ behavior: "wait" }); // one may be under way
    await nothingWaits(app);
    expect(await serverTasks(app)).toMatchObject([
      { title: "Made once" },
      { title: "Tick me", completed: true },
    ]);
    expect((await journal(app)).length - before.length).toBe(3);
  });
}

test("two tabs send nothing twice", { tag: PAGE }, async ({ app, context }) => {
  await kept(app, 2);
  const other = await context.newPage();
  await other.goto("/app");
  await expect(other.getByRole("heading", { name: "A clear list" })).toBeVisible();
  await goOffline(app);
  await expect(other.getByText(CUT_OFF)).toBeVisible();
  await addOffline(app, "From one");
  await addOffline(other, "From the other");
  await expect(taskTitle(app, "From the other")).toBeVisible();
  await goOnline(app);
  for (const tab of [app, other]) {
    await nothingWaits(tab);
    await expect(taskTitle(tab, "From one")).toHaveCount(1);
    await expect(taskTitle(tab, "From the other")).toHaveCount(1);
  }
  expect((await serverTasks(app)).map(({ title }) => title)).toEqual([
    "From one",
    "From the other",
  ]);
});

test(
  "what was changed elsewhere is shown with both versions, and what was refused in its words",
  { tag: PAGE },
  async ({ app }) => {
    for (const title of ["Shared", "Gone", "Kept"]) await quickAdd(app, title, title);
    await kept(app, 2);
    await goOffline(app);
    await rename(app, "Shared", "Mine");
    await rename(app, "Gone", "Too late");
    await rename(app, "Kept", "Kept as it was");
    const { items } = (await (await app.request.get("/api/me/tasks")).json()) as {
      items: { id: number; title: string }[];
    };
    const idOf = (title: string) => items.find((task) => task.title === title)!.id;
    await app.request.patch(`/api/me/tasks/${idOf("Shared")}`, { data: { title: "Theirs" } });
    await app.request.delete(`/api/me/tasks/${idOf("Gone")}`);
    await goOnline(app);

    const refused = app.getByRole("list", { name: "Changes that were not made" });
    await expect(refused.getByText("The task was deleted elsewhere meanwhile.")).toBeVisible();
    const conflict = refused.getByRole("listitem").filter({ hasText: "Rename “Shared” to “Mine”" });
    await expect(conflict).toContainText("Yours: Mine");
    await expect(conflict).toContainText("Theirs: Theirs");
    await expect(taskTitle(app, "Theirs")).toBeVisible();
    await expectNoViolations(app);
    await expect(taskTitle(app, "Kept as it was")).toBeVisible();
    await app.reload();
    await conflict.getByRole("button", { name: "Keep mine" }).click();
    await expect(taskTitle(app, "Mine")).toBeVisible();

    // Nobody leaves what was not made behind unawares.
    await app.getByRole("button", { name: "Account" }).click();
    await app.getByRole("menuitem", { name: "Sign out" }).click();
    await expect(app.getByText("You are still signed in")).toBeVisible();
    await refused.getByRole("button", { name: "Discard" }).click();
    await expect(refused).toBeHidden();
  },
);

test(
  "another person in the same browser sees nothing of the first, and sends nothing of theirs",
  { tag: PAGE },
  async ({ page }) => {
    const [first, second] = [newAccount("First"), newAccount("Second")];
    await signUp(page, first);
    await page.goto("/app");
    await quickAdd(page, "A secret", "A secret");
    await kept(page, 2);
    await goOffline(page);
    await addOffline(page, "Another secret");
    await page.context().clearCookies();
    await signUp(page, second);
    await page.context().setOffline(false); // with the first one's page still open
    await expect(page.getByRole("heading", { name: "A clear list" })).toBeVisible();
    await page.reload();
    await expect(page.getByRole("heading", { name: "A clear list" })).toBeVisible();
    await nothingWaits(page);
    expect(await serverTasks(page)).toEqual([]);
    await kept(page, 2);
    await page.context().setOffline(true);
    await page.reload();
    await expect(page.getByText(CUT_OFF)).toBeVisible();
    await expect(taskTitle(page, "A secret")).toBeHidden();
    await page.context().setOffline(false);

    await page.context().clearCookies();
    const signedIn = await page.request.post("/api/auth/sign-in/email", { data: first });
    expect(signedIn.status()).toBe(200);
    await page.goto("/app");
    await expect(taskTitle(page, "Another secret")).toBeVisible();
    await nothingWaits(page);
    expect(await serverTasks(page)).toHaveLength(2);
  },
);

test(
  "who signs out leaves nothing behind, and offline the app shows nobody's lists",
  { tag: PAGE },
  async ({ app }) => {
    await quickAdd(app, "A secret", "A secret");
    await kept(app, 2);
    await app.getByRole("button", { name: "Account" }).click();
    await app.getByRole("menuitem", { name: "Sign out" }).click();
    await expect(app).toHaveURL(/\/$/);
    expect(await app.evaluate(countKept, "list")).toBe(0);
    await app.context().setOffline(true);
    await app.goto("/app");
    await expect(app.getByText("This list is not on this device.")).toBeVisible();
    await expect(taskTitle(app, "A secret")).toBeHidden();
    await app.context().setOffline(false);
    await expect(app).toHaveURL(/\/sign-in/);
  },
);

test(
  "where the site keeps silent, the page opens with the last lists, and goes on as it answers",
  { tag: PAGE },
  async ({ page, baseURL }) => {
    const site = await Site.open(baseURL!);
    try {
      await beginAt(page, site, "/app/all");

      site.state = "silent";
      await page.goto(`${site.origin}/app/all`);
      await expect(taskTitle(page, "Water the plants")).toBeVisible();
      await expect(page.getByText("Waiting for the site. This is what was here at")).toBeVisible();
      await expect(placeLink(page, "All")).toContainText("1");
      await expectNoViolations(page, "main");

      site.answerAtLast();
      await expect(page.getByText("Waiting for the site.")).toBeHidden();
      await expect(taskTitle(page, "Water the plants")).toBeVisible();
    } finally {
      site.close();
    }
  },
);

test(
  "a new build takes over, and what is open of the old one finds its parts still",
  { tag: PAGE },
  async ({ page, baseURL }) => {
    const site = await Site.open(baseURL!);
    page.on("request", (request) => site.files.add(new URL(request.url()).pathname));
    try {
      await beginAt(page, site, "/app");
      const builds = () =>
        page.evaluate(async () => (await caches.keys()).filter((name) => name.startsWith("todo")));
      await expect.poll(builds).toHaveLength(1);

      site.state = "new";
      await page.evaluate(async () => {
        const { serviceWorker } = navigator;
        const taken = new Promise((resolve) => (serviceWorker.oncontrollerchange = resolve));
        await (await serviceWorker.ready).update();
        await taken;
      });
      await expect.poll(builds).toHaveLength(2);
      await page.keyboard.press("Control+k"); // a part that the new build has not
      await expect(page.getByRole("dialog")).toBeVisible();
      await page.keyboard.press("Escape");

      site.state = "away";
      await page.reload();
      await expect(taskTitle(page, "Water the plants")).toBeVisible();
      expect(await page.evaluate(() => document.lastChild?.nodeValue)).toBe(NEW);
    } finally {
      site.close();
    }
  },
);

test(
  "signing in, one-time links and the landing page meet no worker",
  { tag: PAGE },
  async ({ app }) => {
    await kept(app, 2);
    for (const path of ["/", "/sign-in", "/reset-password#token=x"]) {
      await app.goto(path);
      expect(await app.evaluate(() => navigator.serviceWorker.controller)).toBeNull();
    }
    // Two builds of one size would have one ETag: a browser would take the old worker for the new one.
    expect((await app.request.get("/sw.js")).headers()["cache-control"]).toBe("no-store");
  },
);
