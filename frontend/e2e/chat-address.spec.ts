import type { Page } from "@playwright/test";
import { expectNoViolations } from "./axe";
import {
  expect,
  messages,
  newAccount,
  PAGE,
  PHONE,
  placeLink,
  say,
  signUp,
  test,
} from "./fixtures";

const heading = (page: Page, name: string) => page.getByRole("heading", { level: 1, name });
const NAMED = /[?&]chat=(?!new)[^&]+/;

/** Begins a conversation and waits for the address to name it. */
async function begin(page: Page, text: string): Promise<void> {
  const before = page.url();
  await say(page, text);
  await expect(messages(page)).toContainText(text);
  await expect(page).toHaveURL((url) => url.href !== before && NAMED.test(url.search));
  await expect(messages(page)).toHaveAttribute("aria-busy", "false");
}

test.describe("a conversation", { tag: PAGE }, () => {
  test("survives a reload, and is beside every place", async ({ app }) => {
    await begin(app, "Add a task to buy eggs");
    await placeLink(app, "Today").click();
    await expect(heading(app, "Today")).toBeVisible();
    await expect(app).toHaveURL(/\/app\/today\?chat=/);
    await app.reload();
    await expect(heading(app, "Today")).toBeVisible();
    await expect(messages(app)).toContainText("Add a task to buy eggs");
    await app.getByRole("textbox", { name: "Search tasks" }).fill("egg");
    await expect(app).toHaveURL(/\/app\/today\?q=egg&chat=/);
    await app.goBack();
    await expect(heading(app, "All")).toBeVisible();
    await expect(messages(app)).toContainText("Add a task to buy eggs");
  });

  test("is what the way back leads to", async ({ app }) => {
    await begin(app, "Add a task to buy eggs");
    await app.getByRole("button", { name: "New conversation" }).click();
    await expect(app).toHaveURL(/\?chat=new$/);
    await begin(app, "Add a task to paint");
    await app.goBack();
    await expect(messages(app)).toContainText("Add a task to buy eggs");
    await expect(messages(app)).not.toContainText("Add a task to paint");
    await app.goForward();
    await expect(messages(app)).toContainText("Add a task to paint");
    await app.getByRole("button", { name: "All conversations" }).click();
    const list = app.getByRole("list", { name: "Conversations" });
    await list.getByRole("button", { name: /eggs/i }).first().click();
    await expect(messages(app)).toContainText("Add a task to buy eggs");
    await app.goBack();
    await expect(messages(app)).toContainText("Add a task to paint");
    await say(app, "Show me all my tasks");
    await expect(messages(app)).toContainText(/Add a task to paint.*Show me all my tasks/s);
  });

  test("that is begun anew stays so after a reload", async ({ app }) => {
    await begin(app, "Add a task to buy eggs");
    await app.getByRole("button", { name: "New conversation" }).click();
    await app.reload();
    await expect(app.getByRole("heading", { name: "What needs doing?" })).toBeVisible();
  });

  test("that is deleted is no longer named", async ({ app }) => {
    await begin(app, "Add a task to buy eggs");
    await app.getByRole("button", { name: "All conversations" }).click();
    await app
      .getByRole("list", { name: "Conversations" })
      .getByRole("button", { name: /^Delete/ })
      .click();
    await app.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
    await expect(app).toHaveURL(/\?chat=new$/);
  });
});

for (const colorScheme of ["light", "dark"] as const) {
  test.describe(`an address of no conversation in ${colorScheme}`, { tag: PAGE }, () => {
    test.use({ colorScheme, expectedConsoleErrors: /404/ });

    test("says so, and leads to a new one", async ({ app }) => {
      await app.goto("/app/today?chat=conv_nowhere");
      await expect(app.getByText("This conversation is not there")).toBeVisible();
      const box = app.getByRole("textbox", { name: "Message to the assistant" });
      await box.fill("Add a task to buy eggs");
      await expect(app.getByRole("button", { name: "Send", exact: true })).toBeDisabled();
      await expectNoViolations(app);
      await app.getByRole("button", { name: "Begin a new conversation" }).click();
      await expect(box).toBeFocused();
      await box.press("Enter");
      await expect(messages(app)).toContainText("Add a task to buy eggs");
      await expect(app).toHaveURL(NAMED);
    });
  });
}

test.describe("on a phone", { tag: PAGE }, () => {
  test.use(PHONE);

  test("a reload and an address lead to the part that was open", async ({ page, context }) => {
    await signUp(page, newAccount());
    await page.goto("/app");
    const tab = (name: string) => page.getByRole("tab", { name });
    await tab("Chat").tap();
    await begin(page, "Add a task to buy eggs");
    await page.reload();
    await expect(messages(page)).toBeVisible();
    await expect(messages(page)).toContainText("Add a task to buy eggs");
    await tab("Tasks").tap();
    await page.reload();
    await expect(heading(page, "All")).toBeVisible();
    await expect(messages(page)).toBeHidden();
    const other = await context.newPage();
    await other.goto(page.url());
    await expect(messages(other)).toBeVisible();
    await expect(messages(other)).toContainText("Add a task to buy eggs");
  });
});
