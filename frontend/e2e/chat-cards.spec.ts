import AxeBuilder from "@axe-core/playwright";
import type { Locator, Page } from "@playwright/test";
import { expect, messages, PAGE, quickAdd, say, taskRow, taskTitle, test } from "./fixtures";

const question = (app: Page) => app.getByRole("group", { name: "Answer the question" });
const cards = (app: Page) => messages(app).getByRole("list", { name: "Tasks" });
const card = (app: Page, title: string) =>
  cards(app).getByRole("listitem").filter({ hasText: title });
const lastSaid = (app: Page) => messages(app).getByText("You said").last();

async function expectLargeTargets(targets: Locator): Promise<void> {
  for (const target of await targets.all()) {
    const { width, height } = (await target.boundingBox())!;
    expect(Math.min(width, height), await target.innerText()).toBeGreaterThanOrEqual(44);
  }
}

async function expectAccessible(app: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page: app })
    .include("[role=log]")
    .setLegacyMode()
    .withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"])
    .analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html)}`)).toEqual([]);
}

test(
  "an answer shows its tasks as they are now, to check, to open and to undo",
  { tag: PAGE },
  async ({ app }) => {
    await say(app, "Add a task to buy milk tomorrow");
    const milk = card(app, "Buy milk");
    await expect(milk).toContainText("Tomorrow");
    await expect(messages(app)).not.toContainText(/#\d/);

    await milk.getByRole("checkbox", { name: "Complete “Buy milk”" }).click();
    await expect(milk.getByRole("checkbox", { name: "Open “Buy milk” again" })).toBeChecked();
    await milk.getByRole("checkbox").click();
    await expect(taskTitle(app, "Buy milk")).toBeVisible();

    await milk.getByRole("button", { name: "Open “Buy milk”" }).click();
    const form = app.getByRole("dialog", { name: "Edit task" });
    await form.getByRole("textbox", { name: "Title" }).fill("Buy oat milk");
    await form.getByRole("button", { name: "Save" }).click();
    await expect(form).toBeHidden();
    const oat = card(app, "Buy oat milk");
    await expect(oat).toBeVisible();
    await expect(taskTitle(app, "Buy oat milk")).toBeVisible();

    await say(app, "delete the oat milk task");
    await expect(card(app, "Not on your list any more")).toHaveCount(2);
    const undo = cards(app).last().getByRole("button", { name: "Undo" });
    await undo.click();
    await expect(cards(app).last().getByRole("button", { name: "Undone" })).toBeFocused();
    await expect(taskTitle(app, "Buy oat milk")).toBeVisible();
    await expect(card(app, "Not on your list any more")).toHaveCount(0);

    await app.reload();
    await app.getByRole("button", { name: "All conversations" }).click();
    await app.getByRole("list", { name: "Conversations" }).getByRole("button").first().click();
    await expect(cards(app).last().getByRole("button", { name: "Undone" })).toBeVisible();
    await expect(messages(app)).not.toContainText(/#\d/);
  },
);

test("what was changed since is not offered to be undone", { tag: PAGE }, async ({ app }) => {
  await say(app, "add a task to buy milk tomorrow");
  const milk = card(app, "Buy milk");
  await expect(milk.getByRole("button", { name: "Undo" })).toBeVisible();
  await say(app, "make it high priority");
  await expect(cards(app)).toHaveCount(2);
  const first = cards(app).first().getByRole("button", { name: "Changed since" });
  await expect(first).toHaveAttribute("aria-disabled", "true");
  const last = cards(app).last();
  await last.getByRole("button", { name: "Undo" }).click();
  await expect(last.getByRole("button", { name: "Undone" })).toBeVisible();
  await cards(app).first().getByRole("button", { name: "Undo" }).click();
  await expect(taskTitle(app, "Buy milk")).toHaveCount(0);
});

for (const [locale, time] of [
  ["en-US", "9:00 AM"],
  ["en-GB", "09:00"],
] as const) {
  test.describe(`for readers of ${locale}`, () => {
    test.use({ locale });

    test("an answer has times as the list has them", { tag: PAGE }, async ({ app }) => {
      await say(app, "add a task to call Bob tomorrow at 9am");
      await expect(messages(app)).toContainText(`at ${time}.`);
      // Browsers put one space or another before AM.
      const shown = new RegExp(`Tomorrow, ${time.replace(" ", "\\s")}`);
      await expect(taskRow(app, "Call Bob")).toContainText(shown);
      await expect(card(app, "Call Bob")).toContainText(shown);
    });
  });
}

test("on a phone, the end of an answer is in sight", { tag: PAGE }, async ({ app }) => {
  await app.setViewportSize({ width: 390, height: 700 });
  await app.getByRole("tab", { name: "Chat" }).click();
  for (const title of ["one", "two", "three", "four", "five", "six"]) {
    await say(app, `add a task to call ${title}`);
    await expect(card(app, `Call ${title}`)).toBeVisible();
  }
  await say(app, "show me all my tasks");
  await expect(messages(app).getByRole("button", { name: "Show all 6" })).toBeInViewport();
  await say(app, "delete the call task");
  await expect(question(app).getByRole("button", { name: "None of them" })).toBeInViewport();
});

for (const colorScheme of ["light", "dark"] as const) {
  test.describe(`in ${colorScheme}`, () => {
    test.use({ colorScheme });

    test(
      "a question is answered by its buttons, by pointer and by keyboard, and each once",
      { tag: PAGE },
      async ({ app }) => {
        await quickAdd(app, "call mom tomorrow", "Call mom");
        await quickAdd(app, "call dad p1", "Call dad");
        await say(app, "complete the call task");
        await expect(question(app).getByRole("button")).toHaveText([
          "Call dad high",
          "Call mom due tomorrow",
          "None of them",
        ]);
        await expectLargeTargets(question(app).getByRole("button"));
        await expectAccessible(app);
        await question(app).getByRole("button", { name: "Call mom" }).click();
        await expect(lastSaid(app).locator("..")).toHaveText(/Call mom$/);
        await expect(card(app, "Call mom").getByRole("checkbox")).toBeChecked();
        await expect(question(app)).toHaveCount(0);
        await expect(messages(app)).toBeFocused();

        await say(app, "delete all my tasks");
        await expect(question(app).getByRole("button")).toHaveText(["Yes", "No"]);
        await question(app).getByRole("button", { name: "No" }).focus();
        await app.keyboard.press("Enter");
        await expect(lastSaid(app).locator("..")).toHaveText(/No$/);
        await expect(taskRow(app, "Call dad")).toBeVisible();

        await say(app, "delete all my tasks");
        await question(app).getByRole("button", { name: "Yes" }).click();
        await expect(taskRow(app, "Call dad")).toHaveCount(0);
        await expect(card(app, "Call dad")).toContainText("Not on your list any more");
        const undo = messages(app).getByRole("button", { name: "Undo", exact: true });
        await expect(undo).toHaveCount(2); // what was completed, and what was deleted
        await undo.last().click();
        await expect(taskRow(app, "Call dad")).toBeVisible();
        await expectLargeTargets(cards(app).getByRole("button"));
        await expectLargeTargets(cards(app).locator("label"));
        await expectAccessible(app);
      },
    );
  });
}
