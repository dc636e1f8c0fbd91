import type { Page } from "@playwright/test";
import { expectNoViolations } from "./axe";
import {
  expect,
  isSpentOn,
  PAGE,
  PHONE,
  placeLink,
  pressInARow,
  quickAdd,
  taskRow,
  taskTitle,
  test,
  notice,
} from "./fixtures";

const picker = (page: Page, title: string) =>
  page.getByRole("dialog", { name: `When “${title}” is due` });
const dueButton = (page: Page, title: string) =>
  taskRow(page, title).getByRole("button", { name: /^Due / });
const words = (page: Page) => page.getByRole("textbox", { name: "Due, in words" });
const titleField = (page: Page, title: string) =>
  page.getByRole("textbox", { name: `Title of “${title}”` });
/** Begins to change a title by a key, whose field comes on demand the first time. */
async function rename(page: Page, title: string, key = "e"): Promise<void> {
  await taskTitle(page, title).press(key);
  await expect(titleField(page, title)).toBeFocused();
}

async function chooseFromMenu(page: Page, title: string, item: string): Promise<void> {
  await taskRow(page, title).hover();
  await page.getByRole("button", { name: `More for “${title}”` }).click();
  await page
    .getByRole(/^(High|Medium|Low|None)$/.test(item) ? "menuitemradio" : "menuitem", { name: item })
    .click();
}

test.describe("the due date", () => {
  test("is set by keyboard: by a button and by words", { tag: PAGE }, async ({ app }) => {
    await quickAdd(app, "read a book", "Read a book");
    await quickAdd(app, "call mum today", "Call mum");
    const title = taskTitle(app, "Read a book");
    const row = taskRow(app, "Read a book");
    await title.press("d");
    await expect(
      picker(app, "Read a book").getByRole("button", { name: "Today", exact: true }),
    ).toBeFocused();
    await expect(picker(app, "Read a book").getByRole("button", { name: "No date" })).toBeHidden();
    await app.keyboard.press("Enter");
    await expect(picker(app, "Read a book")).toBeHidden();
    await expect(dueButton(app, "Read a book")).toHaveText("Today");
    await expect(title).toBeFocused(); // under another heading

    await title.press("d");
    await words(app).fill("today 5pm"); // a day that next week never has, as tomorrow may on a Sunday
    await words(app).press("Enter");
    await expect(dueButton(app, "Read a book")).toHaveText("Today, 17:00");
    await expect(title).toBeFocused();

    await title.press("d");
    await picker(app, "Read a book").getByRole("button", { name: "Next week" }).press("Enter");
    await expect(row).not.toContainText("Today");
    await expect(row).toContainText("17:00"); // another day leaves the time

    await title.press("d");
    await picker(app, "Read a book").getByRole("button", { name: "No date" }).press("Enter");
    await expect(dueButton(app, "Read a book")).toBeHidden();
    await notice(app, "Changed “Read a book” · No date")
      .getByRole("button", { name: "Undo" })
      .click();
    await expect(row).toContainText("17:00");
  });

  test(
    "words without a date are told, and Escape changes nothing",
    { tag: PAGE },
    async ({ app }) => {
      await quickAdd(app, "read a book", "Read a book");
      const title = taskTitle(app, "Read a book");
      await title.press("d");
      await words(app).fill("soonish");
      await words(app).press("Enter");
      const error = picker(app, "Read a book").getByRole("alert");
      await expect(error).toHaveText("No date is understood in “soonish”.");
      await words(app).fill("every friday");
      await expect(error).toBeHidden();
      await words(app).press("Enter");
      await expect(error).toHaveText("Edit the task to have it repeat.");
      await words(app).press("Escape");
      await expect(picker(app, "Read a book")).toBeHidden();
      await expect(title).toBeFocused();
      await expect(dueButton(app, "Read a book")).toBeHidden();
    },
  );

  test("is picked by pointer, on a calendar", { tag: PAGE }, async ({ app }) => {
    await quickAdd(app, "pay rent tomorrow 5pm", "Pay rent");
    const due = dueButton(app, "Pay rent");
    await due.click();
    await expect(picker(app, "Pay rent")).toBeVisible();
    await expect(due).toHaveAttribute("aria-expanded", "true");
    await due.click();
    await expect(picker(app, "Pay rent")).toBeHidden();
    await due.click();
    await app.getByRole("heading", { name: "All" }).click();
    await expect(picker(app, "Pay rent")).toBeHidden();

    await due.click();
    await picker(app, "Pay rent").getByRole("button", { name: "Next month" }).click();
    await picker(app, "Pay rent").getByRole("button", { name: /^15 / }).click();
    await expect(picker(app, "Pay rent")).toBeHidden();
    await expect(due).toHaveText(/15.*, 17:00$/);
    await expect(app.getByRole("dialog", { name: "Edit task" })).toBeHidden();
  });

  test("is set by the menu of a task that has none", { tag: PAGE }, async ({ app }) => {
    await quickAdd(app, "read a book", "Read a book");
    await chooseFromMenu(app, "Read a book", "Set date");
    await picker(app, "Read a book").getByRole("button", { name: "Tomorrow" }).click();
    await expect(dueButton(app, "Read a book")).toHaveText("Tomorrow");
    await expect(taskTitle(app, "Read a book")).toBeFocused();
  });

  test(
    "of a task that repeats is this time's alone, and it keeps one",
    { tag: PAGE },
    async ({ app }) => {
      await quickAdd(app, "water plants every week", "Water plants");
      const next = async () => {
        const { items } = await (await app.request.get("/api/me/tasks")).json();
        const path = `/api/me/tasks/${items[0].id}/occurrences?limit=1`;
        return (await (await app.request.get(path)).json()).items[0].due_date as string;
      };
      await expect(dueButton(app, "Water plants")).toHaveText("Today");
      const inAWeek = await next();
      await dueButton(app, "Water plants").click();
      await expect(
        picker(app, "Water plants").getByRole("button", { name: "No date" }),
      ).toBeHidden();
      await picker(app, "Water plants").getByRole("button", { name: "Tomorrow" }).click();
      await expect(dueButton(app, "Water plants")).toHaveText("Tomorrow");
      await expect(taskRow(app, "Water plants")).toContainText("every week");
      await expect(notice(app, "Changed “Water plants” · Tomorrow")).toBeVisible();
      expect(await next()).toBe(inAWeek);
      await notice(app, "Changed “Water plants” · Tomorrow")
        .getByRole("button", { name: "Undo" })
        .click();
      await expect(dueButton(app, "Water plants")).toHaveText("Today");
    },
  );

  test("g and d go to Done from a title, and open nothing", { tag: PAGE }, async ({ app }) => {
    await quickAdd(app, "read a book", "Read a book");
    await taskTitle(app, "Read a book").focus();
    await pressInARow(app, "g", "d");
    await expect(placeLink(app, "Done")).toHaveAttribute("aria-current", "page");
    await expect(app.getByRole("dialog")).toHaveCount(0);
  });
});

test.describe("the title", () => {
  test("is edited in place by keyboard", { tag: PAGE }, async ({ app }) => {
    await quickAdd(app, "read a book", "Read a book");
    await rename(app, "Read a book");
    await app.keyboard.type("Read two books");
    await app.keyboard.press("Enter");
    await expect(taskTitle(app, "Read two books")).toBeFocused();
    await notice(app, "Renamed “Read a book” to “Read two books”")
      .getByRole("button", { name: "Undo" })
      .click();
    await expect(taskTitle(app, "Read a book")).toBeVisible();

    await rename(app, "Read a book", "F2");
    await app.keyboard.type("Nothing");
    await app.keyboard.press("Escape");
    await expect(taskTitle(app, "Read a book")).toBeFocused();

    await rename(app, "Read a book");
    await titleField(app, "Read a book").fill("  ");
    await titleField(app, "Read a book").press("Enter");
    await expect(app.getByText("Give the task a title.")).toBeVisible();
    await expect(titleField(app, "Read a book")).toHaveAttribute("aria-invalid", "true");
    await titleField(app, "Read a book").press("Escape");
    await expect(taskTitle(app, "Read a book")).toBeFocused();
  });

  test("is saved by an Enter that does nothing else", { tag: PAGE }, async ({ app }) => {
    await quickAdd(app, "read a book", "Read a book");
    await rename(app, "Read a book");
    await app.keyboard.type("Read two books");
    expect(await isSpentOn(titleField(app, "Read a book"), "Enter")).toBe(true);
    await expect(taskTitle(app, "Read two books")).toBeFocused();
  });

  test("is saved by leaving it, and other typing stays", { tag: PAGE }, async ({ app }) => {
    await quickAdd(app, "read a book", "Read a book");
    const line = app.getByRole("combobox", { name: "Add a task" });
    await line.fill("half a line");
    await chooseFromMenu(app, "Read a book", "Rename");
    await expect(titleField(app, "Read a book")).toBeFocused();
    await app.keyboard.type("Read two books");
    await line.click();
    await expect(taskTitle(app, "Read two books")).toBeVisible();
    await expect(line).toHaveValue("half a line");
    await expect(line).toBeFocused();

    await rename(app, "Read two books");
    await app.keyboard.type("Nothing");
    await app.keyboard.press("Escape");
    await expect(taskTitle(app, "Read two books")).toBeVisible();
    await expect(line).toHaveValue("half a line");

    await rename(app, "Read two books");
    await titleField(app, "Read two books").fill("");
    await line.click();
    await expect(taskTitle(app, "Read two books")).toBeVisible();
  });

  test.describe("refused", () => {
    test.use({ expectedConsoleErrors: /422/ });

    test("comes back as it was typed", { tag: PAGE }, async ({ app }) => {
      await quickAdd(app, "read a book", "Read a book");
      await app.route("**/api/*/tasks/*", (route) =>
        route.fulfill({ status: 422, json: { detail: "Not today." } }),
      );
      await rename(app, "Read a book");
      await app.keyboard.type("Read two books");
      await app.keyboard.press("Enter");
      await expect(notice(app, "The task was not changed")).toContainText("Not today.");
      await expect(titleField(app, "Read a book")).toHaveValue("Read two books");
      await app.unroute("**/api/*/tasks/*");
      await titleField(app, "Read a book").press("Enter");
      await expect(taskTitle(app, "Read two books")).toBeVisible();
    });
  });
});

test("the priority is set by digits and by the menu", { tag: PAGE }, async ({ app }) => {
  await quickAdd(app, "read a book", "Read a book");
  const title = taskTitle(app, "Read a book");
  const row = taskRow(app, "Read a book");
  for (const [key, text] of [
    ["1", "High priority"],
    ["2", "Medium priority"],
    ["3", "Low priority"],
  ] as const) {
    await title.press(key);
    await expect(row).toContainText(text);
  }
  await title.press("0");
  await expect(row).not.toContainText("priority");
  await chooseFromMenu(app, "Read a book", "High");
  await expect(row).toContainText("High priority");
  await notice(app, "Changed “Read a book” · high priority")
    .getByRole("button", { name: "Undo" })
    .click();
  await expect(row).not.toContainText("priority");
  await taskTitle(app, "Read a book").click();
  await expect(app.getByRole("dialog", { name: "Edit task" })).toBeVisible();
});

test("the keys are in the list of keys", { tag: PAGE }, async ({ app }) => {
  await app.locator("body").press("Shift+?");
  const keys = app.getByRole("dialog", { name: "Keyboard shortcuts" });
  for (const text of ["Rename the task", "Set its due date", "Set its priority"]) {
    await expect(keys).toContainText(text);
  }
});

test.describe("on a phone", () => {
  test.use(PHONE);

  test("a due date is picked by a finger", { tag: PAGE }, async ({ app }) => {
    await quickAdd(app, "pay rent today #home", "Pay rent");
    const due = dueButton(app, "Pay rent");
    expect((await due.boundingBox())!.height).toBeGreaterThanOrEqual(44);
    await due.tap();
    const dialog = picker(app, "Pay rent");
    for (const name of [/^Tomorrow$/, /^15 /, /^Next month$/]) {
      const { width, height } = (await dialog.getByRole("button", { name }).boundingBox())!;
      expect(Math.min(width, height), String(name)).toBeGreaterThanOrEqual(44);
    }
    const { x, y, width, height } = (await dialog.boundingBox())!;
    expect(Math.min(x, y)).toBeGreaterThanOrEqual(0);
    expect(x + width).toBeLessThanOrEqual(390);
    expect(y + height).toBeLessThanOrEqual(844);
    await dialog.getByRole("button", { name: "Tomorrow" }).tap();
    await expect(due).toHaveText("Tomorrow");
    await expect(dialog).toBeHidden();
  });
});

for (const colorScheme of ["light", "dark"] as const) {
  test.describe(`in ${colorScheme}`, () => {
    test.use({ colorScheme });

    test("what a row opens is accessible", { tag: PAGE }, async ({ app }) => {
      await quickAdd(app, "pay rent today", "Pay rent");
      await dueButton(app, "Pay rent").click();
      await expect(picker(app, "Pay rent")).toBeVisible();
      await expectNoViolations(app, "[role=dialog]");
      await words(app).fill("soonish");
      await words(app).press("Enter");
      await expect(picker(app, "Pay rent").getByRole("alert")).toBeVisible();
      await expectNoViolations(app, "[role=dialog]");
      await words(app).press("Escape");
      await rename(app, "Pay rent");
      await titleField(app, "Pay rent").fill("");
      await titleField(app, "Pay rent").press("Enter");
      await expect(app.getByText("Give the task a title.")).toBeVisible();
      await expectNoViolations(app, "main");
    });
  });
}
