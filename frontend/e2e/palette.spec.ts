import type { Page } from "@playwright/test";
import { expectNoViolations } from "./axe";
import {
  expect,
  messages,
  newAccount,
  PAGE,
  PHONE,
  quickAdd,
  signUp,
  taskRow,
  taskTitle,
  test,
} from "./fixtures";

const NAME = "Find or do anything";
const palette = (page: Page) => page.getByRole("dialog", { name: NAME });
const field = (page: Page) => page.getByRole("combobox", { name: NAME });
const options = (page: Page) => palette(page).getByRole("option");
/** The option that Enter chooses. */
const chosen = (page: Page) => palette(page).getByRole("option", { selected: true });
const heading = (page: Page, name: string) => page.getByRole("heading", { level: 1, name });

/** Opens the palette by its keys and types. */
async function find(page: Page, text: string): Promise<void> {
  await page.keyboard.press("Control+k");
  await expect(field(page)).toBeFocused();
  await field(page).fill(text);
}

test.describe("the palette", { tag: PAGE }, () => {
  test("goes to places and tags", async ({ app }) => {
    await quickAdd(app, "paint #garden", "Paint");
    await find(app, "upc");
    await expect(chosen(app)).toHaveText("UpcomingList");
    await app.keyboard.press("Enter");
    await expect(palette(app)).toBeHidden();
    await expect(heading(app, "Upcoming")).toBeFocused();
    await find(app, "#gard");
    await expect(chosen(app)).toHaveText("gardenTag");
    await app.keyboard.press("Enter");
    await expect(heading(app, "#garden")).toBeFocused();
    await app.goBack();
    await expect(heading(app, "Upcoming")).toBeVisible();
  });

  test("finds tasks on the server, wherever they are, and opens their form", async ({ app }) => {
    await quickAdd(app, "buy milk tomorrow", "Buy milk");
    const data = { title: "Groceries", description: "Also soy milk" };
    await app.request.post("/api/me/tasks", { data });
    await app.goto("/app/done");
    await find(app, "milk");
    await expect(options(app)).toHaveText([
      /^Buy milkTomorrow/,
      /^Groceries/,
      "Add a task: milkAction",
      "Ask the assistant: milkAction",
    ]);
    await expect(palette(app).getByRole("status")).toHaveText("4 results");
    await app.keyboard.press("ArrowDown");
    await expect(chosen(app)).toHaveText(/^Groceries/);
    await app.keyboard.press("Enter");
    const form = app.getByRole("dialog", { name: "Edit task" });
    await expect(form.getByLabel("Title")).toHaveValue("Groceries");
    await app.keyboard.press("Control+k"); // not over what would close with it
    await expect(palette(app)).toBeHidden();
    await app.keyboard.press("Escape");
    await expect(form).toBeHidden();
  });

  test("adds a task that belongs to the place, undoes it, and brings it back", async ({ app }) => {
    await app.goto("/app/today");
    await find(app, "sweep the stairs p1");
    await expect(chosen(app)).toHaveText("Add a task: sweep the stairs p1Action");
    await app.keyboard.press("Enter");
    await expect(taskRow(app, "Sweep the stairs")).toContainText("High priority");
    await find(app, "undo");
    await app.keyboard.press("Enter");
    await expect(taskTitle(app, "Sweep the stairs")).toBeHidden();
    await find(app, "redo");
    await app.keyboard.press("Enter");
    await expect(taskTitle(app, "Sweep the stairs")).toBeVisible();
  });

  test("asks the assistant, and begins anew", async ({ app }) => {
    const box = app.getByRole("textbox", { name: "Message to the assistant" });
    await expect(box).toBeVisible();
    await find(app, "Add a task to buy eggs");
    await expect(chosen(app)).toHaveText(/^Add a task:/);
    await app.keyboard.press("ArrowUp"); // from the first to the last
    await expect(chosen(app)).toHaveText(/^Ask the assistant: Add a task to buy eggs/);
    await app.keyboard.press("Enter");
    await expect(messages(app)).toContainText("Add a task to buy eggs");
    await expect(taskTitle(app, "Buy eggs")).toBeVisible();
    await expect(box).toBeFocused();
    await find(app, "new conv");
    await app.keyboard.press("Enter");
    await expect(messages(app)).not.toContainText("Add a task to buy eggs");
    await expect(box).toBeFocused();
  });

  test("has the rest of the app by name", async ({ app }) => {
    await find(app, "theme dark");
    await app.keyboard.press("Enter");
    await expect(app.locator("html")).toHaveAttribute("data-mantine-color-scheme", "dark");
    await find(app, "hotkeys");
    await app.keyboard.press("Enter");
    const help = app.getByRole("dialog", { name: "Keyboard shortcuts" });
    await expect(help).toContainText(NAME);
    await app.keyboard.press("Escape");
    await expect(help).toBeHidden();
    await find(app, "settings");
    await app.keyboard.press("Enter");
    await expect(app).toHaveURL(/\/settings$/);
    await app.goBack();
    await expect(heading(app, "All")).toBeVisible();
    await find(app, "log out");
    await expect(chosen(app)).toHaveText("Sign outAction");
    await app.keyboard.press("Enter");
    await expect(app).toHaveURL(/\/$/);
  });

  test("opens from a field, and gives the focus back to it", async ({ app }) => {
    const box = app.getByRole("combobox", { name: "Add a task" });
    await box.fill("half a thou");
    await app.keyboard.press("Control+k");
    await expect(field(app)).toBeFocused();
    await app.keyboard.type("to");
    await app.keyboard.press("Escape");
    await expect(palette(app)).toBeHidden();
    await expect(box).toBeFocused();
    await expect(box).toHaveValue("half a thou");
    await app.keyboard.press("Control+k");
    await expect(field(app)).toHaveValue("");
    await app.keyboard.press("Control+k");
    await expect(palette(app)).toBeHidden();
  });
});

test.describe("where nothing can be added", { tag: PAGE }, () => {
  test.use({ expectedConsoleErrors: /422/ });

  test("the palette keeps the text of a task", async ({ app }) => {
    await app.route("**/api/*/tasks/quick-add*", (route) =>
      route.fulfill({ status: 422, json: { title: "No" } }),
    );
    await find(app, "sweep");
    await app.keyboard.press("Enter");
    await expect(app.getByText("The task was not added")).toBeVisible();
    await app.keyboard.press("Control+k");
    await expect(field(app)).toHaveValue("sweep");
  });
});

for (const colorScheme of ["light", "dark"] as const) {
  test.describe(`the palette in ${colorScheme}`, { tag: PAGE }, () => {
    test.use({ colorScheme });

    test("is accessible", async ({ app }) => {
      await quickAdd(app, "buy milk tomorrow #home", "Buy milk");
      await app.keyboard.press("Control+k");
      await expect(options(app).first()).toBeVisible();
      await expectNoViolations(app);
      await field(app).fill("milk");
      await expect(options(app)).toHaveCount(3);
      await expectNoViolations(app, "dialog[open]");
    });
  });

  test.describe(`the palette on a phone in ${colorScheme}`, { tag: PAGE }, () => {
    test.use({
      colorScheme,
      ...PHONE,
    });

    test("opens by a button, and leads out of the chat", async ({ page }) => {
      await signUp(page, newAccount());
      await page.goto("/app");
      await page.getByRole("tab", { name: "Chat" }).tap();
      const button = page.getByRole("button", { name: NAME });
      const { width, height } = (await button.boundingBox())!;
      expect(Math.min(width, height)).toBeGreaterThanOrEqual(44);
      await button.tap();
      await expect(field(page)).toBeFocused();
      expect((await options(page).first().boundingBox())!.height).toBeGreaterThanOrEqual(44);
      await expectNoViolations(page);
      await field(page).fill("done");
      await options(page).first().tap();
      await expect(heading(page, "Done")).toBeFocused();
      await button.tap();
      await palette(page).getByRole("button", { name: "Close" }).tap();
      await expect(palette(page)).toBeHidden();
      const overflow = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      expect(overflow).toBeLessThanOrEqual(0);
    });
  });
}
