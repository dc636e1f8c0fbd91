import type { Locator, Page } from "@playwright/test";
import { expectNoViolations } from "./axe";
import {
  day,
  expect,
  makeMany,
  newAccount,
  notice,
  PAGE,
  PHONE,
  signUp,
  taskRow,
  taskTitle,
  test,
  titles,
  touch,
} from "./fixtures";

/** A page of somebody with these tasks, in an order of their own. */
async function openWith(page: Page, names: string[], path = "/app/all?sort=manual") {
  await signUp(page, newAccount());
  await makeMany(
    page,
    names.map((title) => ({ title })),
  );
  await openAt(page, path);
}

/** Opens a list, of which rows can be selected once that part of the page has come. */
async function openAt(page: Page, path: string): Promise<void> {
  await page.goto(path);
  await expect(page.locator("[aria-keyshortcuts~=s]").first()).toBeVisible();
}

const bar = (page: Page) => page.getByRole("region", { name: "Selected tasks" });
const tool = (page: Page, name: string) => bar(page).getByRole("button", { name, exact: true });
const undo = (page: Page, text: string) =>
  notice(page, text).getByRole("button", { name: "Undo" }).click();

async function expectSelected(page: Page, names: string[]): Promise<void> {
  await expect
    .poll(() => page.locator("[data-selected] [data-task-title]").allTextContents())
    .toEqual(names);
  if (names.length > 0) await expect(bar(page)).toContainText(`${names.length} selected`);
  else await expect(bar(page)).toBeHidden();
}

/** The bulk changes that a page asks for from now on. */
function bulkChanges(page: Page): Record<string, unknown>[] {
  const asked: Record<string, unknown>[] = [];
  page.on("request", (request) => {
    if (request.url().endsWith("/tasks/bulk")) asked.push(request.postDataJSON());
  });
  return asked;
}

const NAMES = ["One", "Two", "Three", "Four", "Five"];

test("keys select, act on all that is selected, and one undo takes it back", async ({ page }) => {
  await openWith(page, NAMES);
  const asked = bulkChanges(page);
  await taskTitle(page, "One").press("s");
  await expectSelected(page, ["One"]);
  await expect(page.getByText("1 selected", { exact: true }).first()).toBeAttached();
  await page.keyboard.press("Shift+ArrowDown");
  await page.keyboard.press("Shift+ArrowDown");
  await expectSelected(page, ["One", "Two", "Three"]);
  await expect(taskTitle(page, "Three")).toBeFocused();
  await expect(taskTitle(page, "Three")).toHaveAccessibleDescription("Selected");
  await page.keyboard.press("Shift+ArrowUp");
  await expectSelected(page, ["One", "Two"]);
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("s");
  await expectSelected(page, ["One", "Two", "Four"]);
  await expect(page.getByRole("checkbox", { name: "Select “Four”" })).toBeChecked();
  await expect(page.getByRole("checkbox", { name: "Select “Three”" })).not.toBeChecked();

  await page.keyboard.press("1");
  await expect(page.getByRole("main").getByText("High priority")).toHaveCount(3);
  await undo(page, "Changed 3 tasks");
  await expect(page.getByRole("main").getByText("High priority")).toHaveCount(0);
  await expectSelected(page, ["One", "Two", "Four"]);

  await taskTitle(page, "Four").press("x");
  await expect.poll(() => titles(page)).toEqual(["Three", "Five"]);
  await expectSelected(page, []);
  expect(asked).toHaveLength(2);
  await undo(page, "Completed 3 tasks");
  await expect.poll(() => titles(page)).toEqual(NAMES);
  await expectSelected(page, []);
});

test("Escape selects none, and closes what is open first", { tag: PAGE }, async ({ page }) => {
  await openWith(page, NAMES);
  await taskTitle(page, "One").press("Control+a");
  await expectSelected(page, NAMES);
  await page.keyboard.press("d");
  const dialog = page.getByRole("dialog", { name: "When 5 tasks are due" });
  await expect(dialog).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(dialog).toBeHidden();
  await expectSelected(page, NAMES);
  await expect(taskTitle(page, "One")).toBeFocused();
  await page.keyboard.press("Escape");
  await expectSelected(page, []);
  await taskTitle(page, "One").press("x"); // the row's own again
  await expect(notice(page, "Completed “One”")).toBeVisible();
});

test("the pointer selects, and the bar changes what is selected", async ({ page }) => {
  await openWith(page, NAMES);
  const asked = bulkChanges(page);
  await taskTitle(page, "Two").click({ modifiers: ["ControlOrMeta"] });
  await taskTitle(page, "Four").click({ modifiers: ["Shift"] });
  await expectSelected(page, ["Two", "Three", "Four"]);
  await taskTitle(page, "Three").click({ modifiers: ["ControlOrMeta"] });
  await expectSelected(page, ["Two", "Four"]);

  await tool(page, "Date").click();
  const dialog = page.getByRole("dialog", { name: "When 2 tasks are due" });
  await dialog.getByRole("button", { name: "Tomorrow" }).click();
  for (const name of ["Two", "Four"]) await expect(taskRow(page, name)).toContainText("Tomorrow");
  await expect(taskRow(page, "Three")).not.toContainText("Tomorrow");

  await tool(page, "Priority").click();
  await page.getByRole("menuitemradio", { name: "High" }).click();
  for (const name of ["Two", "Four"]) await expect(taskRow(page, name)).toContainText("High");

  await tool(page, "Tags").click();
  const tags = page.getByRole("dialog", { name: "Tags of 2 tasks" });
  await tags.getByRole("textbox", { name: "Add a tag" }).fill("#Home");
  await page.keyboard.press("Enter");
  for (const name of ["Two", "Four"]) await expect(taskRow(page, name)).toContainText("#home");
  await expect(tags.getByRole("checkbox", { name: "#home" })).toBeChecked();
  await page.keyboard.press("Escape");
  await expect(tags).toBeHidden();
  await taskTitle(page, "Three").click({ modifiers: ["ControlOrMeta"] });
  await tool(page, "Tags").click();
  const some = page.getByRole("dialog", { name: "Tags of 3 tasks" }).getByRole("checkbox");
  await expect(some).toHaveJSProperty("indeterminate", true);
  await some.click();
  await expect(taskRow(page, "Three")).toContainText("#home");
  await some.click();
  for (const name of ["Two", "Three", "Four"])
    await expect(taskRow(page, name)).not.toContainText("#home");
  await page.keyboard.press("Escape");

  await tool(page, "Delete").click();
  await expect.poll(() => titles(page)).toEqual(["One", "Five"]);
  expect(asked.map(({ changes, delete: deletes }) => changes ?? deletes)).toEqual([
    { due_date: day(1) },
    { priority: "high" },
    { add_tags: ["home"] },
    { add_tags: ["home"] },
    { remove_tags: ["home"] },
    true,
  ]);
  await undo(page, "Deleted 3 tasks");
  await expect.poll(() => titles(page)).toEqual(NAMES);
});

test("what is deleted by key leaves the focus to the next", { tag: PAGE }, async ({ page }) => {
  await openWith(page, NAMES);
  await taskTitle(page, "Two").press("Shift+ArrowDown");
  await expectSelected(page, ["Two", "Three"]);
  await page.keyboard.press("Delete");
  await expect.poll(() => titles(page)).toEqual(["One", "Four", "Five"]);
  await expect(page.locator("[data-task-title]:focus")).toBeVisible();
});

test("a row's menu selects, and what leaves the list is no longer selected", async ({ page }) => {
  await openWith(page, NAMES);
  await taskRow(page, "Two").hover();
  await page.getByRole("button", { name: "More for “Two”" }).click();
  await page.getByRole("menuitem", { name: "Select", exact: true }).click();
  await page.getByRole("checkbox", { name: "Select “Three”" }).check();
  await expectSelected(page, ["Two", "Three"]);
  await taskRow(page, "Two").getByRole("checkbox", { name: "Complete “Two”" }).click();
  await expect(notice(page, "Completed “Two”")).toBeVisible();
  await expectSelected(page, ["Three"]);
  await tool(page, "Clear the selection").click();
  await expectSelected(page, []);
});

test("all of a list are selected beyond what is loaded, by the server's count", async ({
  page,
}) => {
  await signUp(page, newAccount());
  await makeMany(
    page,
    Array.from({ length: 60 }, (_, index) => ({ title: `Task ${index}`, tags: ["home"] })),
  );
  await makeMany(page, [{ title: "Other" }]);
  await page.route(/cursor=/, () => undefined); // nothing more comes
  await openAt(page, "/app/tags/home");
  const asked = bulkChanges(page);
  await page.locator("[data-task-title]").first().press("Control+a");
  await expect(bar(page)).toContainText("60 selected");
  await page.keyboard.press("2");
  await expect(notice(page, "Changed 60 tasks")).toBeVisible();
  expect(asked).toMatchObject([
    { which: { filter: { tag: ["home"], status: "pending" } }, expected: 60 },
  ]);
  await page.locator("[data-task-title]").first().press("s");
  await expect(bar(page)).toContainText("49 selected");
  await bar(page).getByRole("button", { name: "Select all" }).click();
  await expect(bar(page)).toContainText("60 selected");
});

test("completing tasks whose subtasks are open asks first", async ({ page }) => {
  await signUp(page, newAccount());
  const add = async (data: object) =>
    (await (await page.request.post("/api/me/tasks", { data })).json()) as { id: number };
  const { id } = await add({ title: "Move house" });
  await add({ title: "Pack", parent_id: id });
  await add({ title: "Read" });
  await openAt(page, "/app/all?sort=title");
  await taskTitle(page, "Move house").press("s");
  await taskTitle(page, "Read").click({ modifiers: ["ControlOrMeta"] });
  await tool(page, "Complete").click();
  const question = page.getByRole("dialog", { name: "Some subtasks are open" });
  await question.getByRole("button", { name: "Cancel" }).click();
  await expectSelected(page, ["Move house", "Read"]);
  await tool(page, "Complete").click();
  await question.getByRole("button", { name: "Complete them, too" }).click();
  await expect(taskTitle(page, "Pack")).toBeHidden();
  await openAt(page, "/app/done?sort=title");
  await expect.poll(() => titles(page)).toEqual(["Move house", "Pack", "Read"]);
  await page.locator("[data-task-title]").first().press("Control+a");
  await tool(page, "Reopen").click();
  await expect(notice(page, "Reopened 3 tasks")).toBeVisible();
});

test.describe("where a change is refused", () => {
  test.use({ expectedConsoleErrors: /409/ });

  test("the rows are as they were", { tag: PAGE }, async ({ page }) => {
    await openWith(page, NAMES);
    const problem = { status: 409, title: "Conflict", detail: "There are 6 such tasks, not 5." };
    let answer = () => undefined as void;
    const asked = new Promise<void>((resolve) => (answer = resolve));
    await page.route("**/tasks/bulk", async (route) => {
      await asked;
      await route.fulfill({ status: 409, contentType: "application/problem+json", json: problem });
    });
    await taskTitle(page, "One").press("Control+a");
    await page.keyboard.press("Delete");
    await expect.poll(() => titles(page)).toEqual([]);
    answer();
    await expect(notice(page, "The tasks were not changed")).toContainText("There are 6");
    await expect.poll(() => titles(page)).toEqual(NAMES);
  });
});

async function middleOf(part: Locator): Promise<{ x: number; y: number }> {
  const { x, y, width, height } = (await part.boundingBox())!;
  return { x: x + width / 2, y: y + height / 2 };
}

for (const colorScheme of ["light", "dark"] as const) {
  test.describe(`in ${colorScheme}`, () => {
    test.use({ colorScheme });

    test("the bar and what it opens are accessible", { tag: PAGE }, async ({ page }) => {
      await openWith(page, NAMES);
      await taskTitle(page, "One").press("Shift+ArrowDown");
      await expect(bar(page)).toBeVisible();
      await expectNoViolations(page);
      await tool(page, "Tags").click();
      await expect(page.getByRole("dialog", { name: "Tags of 2 tasks" })).toBeVisible();
      await expectNoViolations(page, "[role=dialog]");
    });
  });

  test.describe(`on a phone in ${colorScheme}`, () => {
    test.use({ colorScheme, ...PHONE });

    test(
      "a long press begins, taps go on, and the bar is in reach",
      { tag: PAGE },
      async ({ page }) => {
        await openWith(page, NAMES, "/app/all?sort=title");
        await touch(page, [await middleOf(taskTitle(page, "One"))], 700);
        await expectSelected(page, ["One"]);
        await taskTitle(page, "Two").tap();
        await expectSelected(page, ["One", "Two"]);
        await taskTitle(page, "Two").tap();
        await taskTitle(page, "Three").tap();
        await expectSelected(page, ["One", "Three"]);
        await expect(page.getByRole("dialog")).toHaveCount(0);
        for (const button of await bar(page).getByRole("button").all()) {
          const { width, height, x } = (await button.boundingBox())!;
          expect(Math.min(width, height), await button.innerText()).toBeGreaterThanOrEqual(44);
          expect(x + width).toBeLessThanOrEqual(390);
        }
        await expectNoViolations(page);
        await tool(page, "Priority").tap();
        const item = page.getByRole("menuitemradio", { name: "High" });
        expect((await item.boundingBox())!.height).toBeGreaterThanOrEqual(44);
        await item.tap();
        const told = (await notice(page, "Changed 2 tasks").boundingBox())!;
        expect(told.y + told.height).toBeLessThanOrEqual((await bar(page).boundingBox())!.y);
      },
    );

    test(
      "a swipe to the right completes, one to the left deletes",
      { tag: PAGE },
      async ({ page }) => {
        await openWith(page, NAMES, "/app/all?sort=title");
        const swipe = async (title: string, by: number, down = 0) => {
          const { x, y } = await middleOf(taskTitle(page, title));
          const steps = [0, 0.2, 0.4, 0.6, 0.8, 1];
          await touch(
            page,
            steps.map((part) => ({ x: x + part * by, y: y + part * down })),
          );
        };
        await swipe("Two", 60); // not far enough
        await swipe("Two", 40, 180);
        await expect.poll(() => titles(page)).toHaveLength(NAMES.length);
        await swipe("Two", 180);
        await expect(notice(page, "Completed “Two”")).toBeVisible();
        await expect(taskTitle(page, "Two")).toBeHidden();
        await swipe("Three", -180);
        await expect(taskTitle(page, "Three")).toBeHidden();
        await undo(page, "Deleted “Three”");
        await expect(taskTitle(page, "Three")).toBeVisible();
        await expect(page.getByRole("dialog")).toHaveCount(0);
      },
    );

    test("a row has targets for a finger", { tag: PAGE }, async ({ page }) => {
      await openWith(page, ["One"]);
      const more = page.getByRole("button", { name: "More for “One”" });
      const { width, height } = (await more.boundingBox())!;
      expect(Math.min(width, height)).toBeGreaterThanOrEqual(44);
      await more.tap();
      for (const item of await page.getByRole("menu").locator("button").all())
        expect((await item.boundingBox())!.height).toBeGreaterThanOrEqual(44);
      await page.keyboard.press("Escape");
      const circle = page.getByRole("checkbox", { name: "Complete “One”" });
      const { x, y } = await middleOf(circle);
      await page.touchscreen.tap(x, y + 20);
      await expect(notice(page, "Completed “One”")).toBeVisible();
    });
  });
}
