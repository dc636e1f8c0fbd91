import type { Page } from "@playwright/test";
import { expectNoViolations } from "./axe";
import {
  day,
  expect,
  forget,
  newAccount,
  PAGE,
  PHONE,
  placeLink,
  pressInARow,
  quickAdd,
  signUp,
  taskRow,
  taskTitle,
  test,
  titles,
  ZONE,
} from "./fixtures";

async function make(page: Page, ...tasks: object[]): Promise<number[]> {
  const ids = [];
  for (const task of tasks) {
    const answer = await page.request.post("/api/me/tasks", { data: task });
    expect(answer.status()).toBe(201);
    ids.push(((await answer.json()) as { id: number }).id);
  }
  return ids;
}

const heading = (page: Page, name: string) => page.getByRole("heading", { level: 1, name });
/** Of today, whenever that is: a run may go past midnight. */
const sample = () => [
  { title: "Late", due_date: day(-2), tags: ["home"] },
  { title: "Later", due_date: day(-1) },
  { title: "Now", due_date: day(0), tags: ["work", "home"] },
  { title: "Next", due_date: day(1) },
  { title: "Far", due_date: day(9), tags: ["work"] },
  { title: "Whenever" },
];

/** A page of somebody with a few tasks, at an address. */
async function openAt(page: Page, path: string): Promise<void> {
  await signUp(page, newAccount());
  await make(page, ...sample());
  await page.goto(path);
}

test("each place is an address that survives a reload, and the way back", async ({ page }) => {
  await openAt(page, "/app");
  await expect(heading(page, "All")).toBeVisible();
  const places: [string, string, string, string[]][] = [
    ["Today", "/app/today", "Today", ["Late", "Later", "Now"]],
    ["Upcoming", "/app/upcoming", "Upcoming", ["Next", "Far"]],
    ["work", "/app/tags/work", "#work", ["Now", "Far"]],
    ["Done", "/app/done", "Done", []],
    ["All", "/app/all", "All", sample().map(({ title }) => title)],
  ];
  for (const [label, path, name, shown] of places) {
    await placeLink(page, label).click();
    await expect(heading(page, name)).toBeVisible();
    await expect(page).toHaveURL(new RegExp(`${path}$`));
    await expect(page).toHaveTitle(`${name} · Todo Stack`);
    await expect(placeLink(page, label)).toHaveAttribute("aria-current", "page");
    await expect.poll(() => titles(page)).toEqual(shown);
  }
  await page.goBack();
  await page.goBack();
  await expect(heading(page, "#work")).toBeVisible();
  await expect.poll(() => titles(page)).toEqual(["Now", "Far"]);
  await page.reload();
  await expect(heading(page, "#work")).toBeVisible();
  await expect.poll(() => titles(page)).toEqual(["Now", "Far"]);
  await page.goForward();
  await expect(heading(page, "Done")).toBeVisible();
});

test(
  "what is looked for, the filters and the order are in the address",
  { tag: PAGE },
  async ({ page }) => {
    await openAt(page, "/app/tags/home?sort=title");
    await expect.poll(() => titles(page)).toEqual(["Late", "Now"]);
    await expect(page.getByRole("button", { name: "Sort: Title" })).toBeVisible();
    await page.getByRole("textbox", { name: "Search tasks" }).pressSequentially("no");
    await expect.poll(() => titles(page)).toEqual(["Now"]);
    await expect(page).toHaveURL(/\/app\/tags\/home\?q=no&sort=title$/);
    await page.reload();
    await expect(page.getByRole("textbox", { name: "Search tasks" })).toHaveValue("no");
    await expect.poll(() => titles(page)).toEqual(["Now"]);

    await placeLink(page, "Today").click();
    await page.getByRole("button", { name: "Filter" }).click();
    const filters = page.getByRole("dialog", { name: "Filter" });
    await expect(filters.getByRole("group", { name: "Due" })).toBeHidden(); // the place decides it
    await filters.getByLabel("Tag").fill("home");
    await expect.poll(() => titles(page)).toEqual(["Late", "Now"]);
    await expect(page).toHaveURL(/\/app\/today\?tag=home$/);
    await page.keyboard.press("Escape");
    await page.goBack(); // not through each letter
    await expect(page).toHaveURL(/\/app\/tags\/home\?q=no&sort=title$/);
    await expect.poll(() => titles(page)).toEqual(["Now"]);
  },
);

test("counts are the server's, and follow what changes elsewhere", async ({ page, context }) => {
  await openAt(page, "/app/today");
  const count = (label: string) => placeLink(page, label);
  await expect(count("Today")).toHaveText("Today3 tasks, 2 overdue");
  await expect(count("Upcoming")).toHaveText("Upcoming2 tasks");
  await expect(count("All")).toHaveText("All6 tasks");
  await expect(count("Done")).toHaveText("Done");
  await expect(count("home")).toHaveText("home2 tasks");

  await page.getByRole("checkbox", { name: "Complete “Late”" }).click();
  await expect(count("Today")).toHaveText("Today2 tasks, 1 overdue");
  await expect(count("Done")).toHaveText("Done1 task");
  const other = await context.newPage();
  await other.goto("/app/tags/garden");
  await quickAdd(other, "rake tomorrow", "Rake");
  await expect(count("garden")).toHaveText("garden1 task");
  await expect(count("Upcoming")).toHaveText("Upcoming3 tasks");
});

test("Today has what is overdue first, and moves it to today as one change", async ({ page }) => {
  await openAt(page, "/app/today");
  const overdue = page.getByRole("region", { name: "Overdue" });
  await expect(overdue).toContainText("Later");
  await expect(page.getByRole("region", { name: "Today" })).toContainText("Now");
  await overdue.getByRole("button", { name: "Move all to today" }).click();
  await expect(overdue).toBeHidden();
  for (const title of ["Late", "Later", "Now"])
    await expect(taskRow(page, title)).toContainText("Today");
  await page.getByRole("alert").getByRole("button", { name: "Undo" }).click();
  await expect(overdue).toContainText("Late");
  await expect(overdue).toContainText("Later");
});

test(
  "what is overdue by its time alone is not moved to where it is",
  { tag: PAGE },
  async ({ page }) => {
    await signUp(page, newAccount());
    const zone = { time_zone: ZONE };
    await make(page, { title: "This morning", due_date: day(0), due_time: "00:00", ...zone });
    await page.goto("/app/today");
    await expect(page.getByRole("region", { name: "Overdue" })).toContainText("This morning");
    await expect(page.getByRole("button", { name: "Move all to today" })).toBeHidden();
  },
);

test("Upcoming has a heading for each day", { tag: PAGE }, async ({ page }) => {
  await openAt(page, "/app/upcoming");
  await expect(page.getByRole("region", { name: "Tomorrow" })).toContainText("Next");
  const far = new Date(day(9));
  const month = far.toLocaleDateString("en", { month: "long", timeZone: "UTC" });
  // A browser that is used again for the next test may write days as its own language does.
  const written = new RegExp(`${far.getUTCDate()} ${month}|${month} ${far.getUTCDate()}`);
  await expect(page.getByRole("region", { name: written })).toContainText("Far");
  await expect(page.getByRole("region")).toHaveCount(3); // the chat is one
});

test("what is added in a place is what the place means, unless its words say otherwise", async ({
  page,
}) => {
  await signUp(page, newAccount());
  await page.goto("/app/today");
  await quickAdd(page, "sweep", "Sweep");
  await expect(taskRow(page, "Sweep")).toContainText("Today");
  await placeLink(page, "Upcoming").click();
  await quickAdd(page, "wash", "Wash");
  await expect(taskRow(page, "Wash")).toContainText("Tomorrow");
  await page.goto("/app/tags/home");
  await quickAdd(page, "paint tomorrow #fun", "Paint");
  await expect(taskRow(page, "Paint")).toContainText("#home");
  await expect(taskRow(page, "Paint")).toContainText("Tomorrow");
  await page.getByRole("button", { name: "Add with all details" }).click();
  const form = page.getByRole("dialog", { name: "New task" });
  await form.getByLabel("Title").fill("Dust");
  await form.getByRole("button", { name: "Add task" }).click();
  await expect(taskRow(page, "Dust")).toContainText("#home");
  await taskRow(page, "Paint").getByRole("link", { name: "Show tasks tagged fun" }).click();
  await expect(heading(page, "#fun")).toBeVisible();
  await expect.poll(() => titles(page)).toEqual(["Paint"]);
});

test(
  "the next task can be typed as soon as the list shows the last one, however long counting takes",
  {
    tag: PAGE,
  },
  async ({ app }) => {
    await app.route("**/api/me/tasks/counts?*", () => undefined); // never answered
    await quickAdd(app, "sweep", "Sweep");
    await expect(app.getByRole("combobox", { name: "Add a task" })).toHaveValue("");
  },
);

test("what is typed stays when one goes to another place", { tag: PAGE }, async ({ app }) => {
  await app.getByRole("combobox", { name: "Add a task" }).fill("half a thou");
  await placeLink(app, "Done").click();
  await expect(heading(app, "Done")).toBeVisible();
  await expect(app.getByRole("combobox", { name: "Add a task" })).toBeHidden();
  await placeLink(app, "Today").click();
  await expect(app.getByRole("combobox", { name: "Add a task" })).toHaveValue("half a thou");
});

test("the trash gives back one task, or all", async ({ page }) => {
  await signUp(page, newAccount());
  const ids = await make(page, { title: "One" }, { title: "Two" }, { title: "Three" });
  for (const id of ids) await page.request.delete(`/api/me/tasks/${id}`);
  await page.goto("/app/trash");
  const rows = page.getByRole("main").getByRole("listitem");
  await expect(rows).toHaveCount(3);
  await expect(placeLink(page, "Trash")).toHaveText("Trash3 tasks");
  await page.getByRole("textbox", { name: "Search the trash" }).fill("tw");
  await expect(rows).toHaveCount(1);
  await page.getByRole("button", { name: "Restore “Two”" }).click();
  await expect(rows).toHaveCount(0);
  await page.getByRole("button", { name: "Clear the search" }).click();
  await expect(rows).toHaveCount(2);
  await page.getByRole("button", { name: "Restore all" }).click();
  await expect(page.getByRole("heading", { name: "The trash is empty" })).toBeVisible();
  await placeLink(page, "All").click();
  for (const title of ["One", "Two", "Three"]) await expect(taskTitle(page, title)).toBeVisible();
});

test("the app opens where its user was last, and nobody else", { tag: PAGE }, async ({ page }) => {
  await openAt(page, "/app/today");
  await expect(heading(page, "Today")).toBeVisible();
  await placeLink(page, "home").click();
  await expect(heading(page, "#home")).toBeVisible();
  await page.getByRole("button", { name: /^Sort/ }).click();
  await page.getByRole("menuitem", { name: "Title" }).click();
  await expect(page).toHaveURL(/\/app\/tags\/home\?sort=title$/);
  await page.goto("/app");
  await expect(heading(page, "#home")).toBeVisible();
  await expect(page).toHaveURL(/\/app\/tags\/home\?sort=title$/);
  await forget(page);
  await signUp(page, newAccount());
  await page.goto("/app");
  await expect(heading(page, "All")).toBeVisible();
  await expect(page).toHaveURL(/\/app$/);
});

test("an address that names no place says so, and leads back", { tag: PAGE }, async ({ app }) => {
  await app.goto("/app/nowhere");
  await expect(app.getByRole("heading", { name: "There is no such list" })).toBeVisible();
  await expectNoViolations(app);
  await app.getByRole("main").getByRole("link", { name: "Show all tasks" }).click();
  await expect(heading(app, "All")).toBeVisible();
});

test("a place leads visitors to sign in, and back", { tag: PAGE }, async ({ page }) => {
  const account = newAccount();
  await signUp(page, account);
  await forget(page);
  await page.goto("/app/tags/home?sort=title");
  await expect(page).toHaveURL(/\/sign-in#from=.+$/);
  await page.getByLabel("Email").fill(account.email);
  await page.getByRole("textbox", { name: "Password" }).fill(account.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page).toHaveURL(/\/app\/tags\/home\?sort=title$/);
  await expect(heading(page, "home")).toBeVisible();
});

test("places are reached by two keys, which the help lists", { tag: PAGE }, async ({ app }) => {
  for (const [key, name] of Object.entries({ t: "Today", u: "Upcoming", d: "Done", a: "All" })) {
    await pressInARow(app, "g", key);
    await expect(heading(app, name)).toBeVisible();
  }
  await app.keyboard.press("n");
  await app.keyboard.type("get up");
  await expect(heading(app, "All")).toBeVisible();
  await expect(app.getByRole("combobox", { name: "Add a task" })).toHaveValue("get up");
  await app.getByRole("combobox", { name: "Add a task" }).blur();
  await app.keyboard.press("Shift+?");
  await expect(app.getByRole("dialog", { name: "Keyboard shortcuts" })).toContainText(
    "Go to Upcoming",
  );
});

for (const colorScheme of ["light", "dark"] as const) {
  test.describe(`in ${colorScheme}`, () => {
    test.use({ colorScheme });

    test("every place is accessible", { tag: PAGE }, async ({ page }) => {
      await openAt(page, "/app/today");
      const [gone] = await make(page, { title: "Gone" });
      await page.request.delete(`/api/me/tasks/${gone}`);
      for (const path of ["today", "upcoming", "done", "trash", "tags/home"]) {
        await page.goto(`/app/${path}`);
        await expect(placeLink(page, "Trash")).toHaveText("Trash1 task");
        await expect(page.getByRole("main").locator("li, h2").first()).toBeVisible();
        await expectNoViolations(page);
      }
    });
  });

  test.describe(`on a phone in ${colorScheme}`, () => {
    test.use({
      colorScheme,
      ...PHONE,
    });

    test("places are in a drawer", { tag: PAGE }, async ({ page }) => {
      await openAt(page, "/app");
      const button = page.getByRole("button", { name: "Lists" });
      const { width, height } = (await button.boundingBox())!;
      expect(Math.min(width, height)).toBeGreaterThanOrEqual(44);
      await button.tap();
      const drawer = page.getByRole("dialog", { name: "Lists" });
      await expect(placeLink(page, "Today")).toHaveText("Today3 tasks, 2 overdue");
      expect((await placeLink(page, "home").boundingBox())!.height).toBeGreaterThanOrEqual(44);
      await expectNoViolations(page);
      await page.keyboard.press("Escape");
      await expect(drawer).toBeHidden();
      await expect(button).toBeFocused();

      await page.getByRole("tab", { name: "Chat" }).tap();
      await button.tap();
      await placeLink(page, "Today").tap();
      await expect(drawer).toBeHidden();
      await expect(heading(page, "Today")).toBeFocused();
      await expect.poll(() => titles(page)).toEqual(["Late", "Later", "Now"]);
      await button.tap();
      await page.touchscreen.tap(380, 400); // beside it
      await expect(drawer).toBeHidden();
      const overflow = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      expect(overflow).toBeLessThanOrEqual(0);
    });
  });
}
