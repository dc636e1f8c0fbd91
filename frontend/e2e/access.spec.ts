import { expectNoViolations } from "./axe";
import {
  expect,
  newAccount,
  PAGE,
  PHONE,
  quickAdd,
  say,
  signUp,
  taskTitle,
  test,
} from "./fixtures";

for (const colorScheme of ["light", "dark"] as const) {
  test.describe(`in ${colorScheme}`, () => {
    test.use({ colorScheme });

    for (const [path, tag] of Object.entries<string[]>({
      "/": [],
      "/sign-in": [],
      "/sign-up": [],
      "/sign-up#invitation=x&email=a@b.c": [PAGE],
      "/reset-password#token=x&email=a@b.c": [PAGE],
      "/forgot-password": [PAGE],
    })) {
      test(`${path} is accessible`, { tag }, async ({ page }) => {
        await page.goto(path);
        await expect(page.locator("html")).toHaveAttribute(
          "data-mantine-color-scheme",
          colorScheme,
        );
        await expectNoViolations(page);
      });
    }

    test("the app is accessible, empty, full, and with its dialogs", async ({ app }) => {
      await expectNoViolations(app);
      await quickAdd(app, "pay rent today 5pm p1 #home", "Pay rent");
      await quickAdd(app, "read p2", "Read");
      await quickAdd(app, "rest tomorrow p3", "Rest");
      await say(app, "Show me all my tasks");
      await expect(app.getByRole("button", { name: "Send", exact: true })).toBeVisible();
      await expectNoViolations(app);
      await taskTitle(app, "Pay rent").click();
      await expect(app.getByRole("dialog", { name: "Edit task" })).toBeVisible();
      await expectNoViolations(app, "[role=dialog]");
      await app.keyboard.press("Escape");
      await app.getByRole("button", { name: "Filter" }).click();
      await expect(app.getByRole("dialog", { name: "Filter" })).toBeVisible();
      await expectNoViolations(app, "[role=dialog]");
      await app.keyboard.press("Escape");
      await app.getByRole("button", { name: "Account", exact: true }).click();
      await app.getByRole("menuitem", { name: "Delete account" }).click();
      await expect(app.getByRole("dialog", { name: "Delete account" })).toBeVisible();
      await expectNoViolations(app, "[role=dialog]");
      await app.goto("/settings");
      await expect(app.getByText("This browser", { exact: true })).toBeVisible();
      await expectNoViolations(app);
    });
  });
}

test("the chosen colours stay chosen", async ({ page }) => {
  await page.goto("/");
  await page.getByRole("button", { name: "Colours" }).click();
  await page.getByRole("menuitem", { name: "Dark" }).click();
  await expect(page.locator("html")).toHaveAttribute("data-mantine-color-scheme", "dark");
  await page.goto("/sign-in");
  await expect(page.locator("html")).toHaveAttribute("data-mantine-color-scheme", "dark");
});

test(
  "the colours are chosen by keyboard, and what is typed as a password can be seen",
  {
    tag: PAGE,
  },
  async ({ page }) => {
    await page.goto("/sign-in");
    const button = page.getByRole("button", { name: "Colours" });
    await button.press("Enter");
    await expect(page.getByRole("menuitem", { name: "Light" })).toBeFocused();
    await page.keyboard.press("Escape");
    await expect(button).toBeFocused();
    await expect(page.getByRole("menu")).toBeHidden();
    await button.press("Enter");
    await page.keyboard.press("ArrowUp");
    await page.keyboard.press("ArrowUp");
    await page.keyboard.press("Enter");
    await expect(page.locator("html")).toHaveAttribute("data-mantine-color-scheme", "dark");
    await expect(page.getByRole("menu")).toBeHidden();

    const password = page.getByRole("textbox", { name: "Password" });
    await password.fill("a long enough password");
    await page.getByRole("button", { name: "Toggle password visibility" }).click();
    await expect(password).toHaveAttribute("type", "text");
    await expect(password).toBeFocused();
    await page.getByRole("button", { name: "Toggle password visibility" }).click();
    await expect(password).toHaveAttribute("type", "password");
  },
);

test("everything can be done by keyboard", async ({ app }) => {
  await app.locator("body").press("n");
  const line = app.getByRole("combobox", { name: "Add a task" });
  await app.keyboard.type("first today");
  await app.keyboard.press("Enter");
  await expect(taskTitle(app, "First")).toBeVisible();
  await expect(line).toHaveValue("");
  await app.keyboard.type("second tomorrow");
  await app.keyboard.press("Enter");
  await expect(taskTitle(app, "Second")).toBeVisible();
  await expect(line).toHaveValue("");

  await taskTitle(app, "First").focus();
  await app.keyboard.press("ArrowDown");
  await expect(taskTitle(app, "Second")).toBeFocused();
  await app.keyboard.press("Enter");
  const form = app.getByRole("dialog", { name: "Edit task" });
  await expect(form.getByLabel("Title")).toBeFocused();
  await app.keyboard.press("ControlOrMeta+a");
  await app.keyboard.type("Renamed");
  await app.keyboard.press("Enter");
  await expect(form).toBeHidden();
  await expect(taskTitle(app, "Renamed")).toBeVisible();

  await taskTitle(app, "First").focus();
  await app.keyboard.press("x");
  await expect(taskTitle(app, "First")).toBeHidden();
  await taskTitle(app, "Renamed").focus();
  await app.keyboard.press("Delete");
  await expect(taskTitle(app, "Renamed")).toBeHidden();

  await app.locator("body").press("/");
  await expect(app.getByRole("textbox", { name: "Search tasks" })).toBeFocused();
  await app.keyboard.press("Escape");
  await app.getByRole("textbox", { name: "Search tasks" }).blur();
  await app.locator("body").press("c");
  await expect(app.getByRole("textbox", { name: "Message to the assistant" })).toBeFocused();
  await app.getByRole("textbox", { name: "Message to the assistant" }).blur();
  await app.locator("body").press("Shift+?");
  await expect(app.getByRole("dialog", { name: "Keyboard shortcuts" })).toBeVisible();
});

test.describe("on a phone", () => {
  test.use(PHONE);

  test("tasks and chat take turns, and nothing sticks out", async ({ app }) => {
    await quickAdd(app, "pay rent tomorrow 5pm p1 #home #money #important", "Pay rent");
    await expect(app.getByRole("textbox", { name: "Message to the assistant" })).toBeHidden();
    await taskTitle(app, "Pay rent").tap();
    await app
      .getByRole("dialog", { name: "Edit task" })
      .getByRole("button", { name: "Close" })
      .tap();
    await app.getByRole("tab", { name: "Chat" }).tap();
    await app.getByRole("button", { name: "All conversations" }).tap();
    await app.getByRole("button", { name: "Back to the conversation" }).tap();
    await say(app, "add a task to buy stamps");
    await expect(app.getByRole("log")).toContainText(/added.*buy stamps/i);
    await app.getByRole("tab", { name: "Tasks" }).tap();
    await expect(taskTitle(app, "Buy stamps")).toBeVisible();
    const overflow = await app.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    expect(overflow).toBeLessThanOrEqual(0);
    await expectNoViolations(app);
  });

  test(
    "the settings keep within the page, whatever the account is called",
    {
      tag: PAGE,
    },
    async ({ page }) => {
      const account = newAccount("W".repeat(100));
      await signUp(page, { ...account, email: `${"w".repeat(60)}-${account.email}` });
      await page.goto("/settings");
      await expect(page.getByText("This browser", { exact: true })).toBeVisible();
      const overflow = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      expect(overflow).toBeLessThanOrEqual(0);
      await expectNoViolations(page);
    },
  );

  test("a long notice leaves its button whole", async ({ app }) => {
    await quickAdd(app, "pay the rent of the office friday 5pm", "Pay the rent of the office");
    const cut = await app
      .getByRole("button", { name: "Undo" })
      .getByText("Undo")
      .evaluate((label) => label.scrollWidth - label.clientWidth);
    expect(cut).toBe(0);
  });

  test("a long title leaves the chat in the page", async ({ app }) => {
    await app.getByRole("tab", { name: "Chat" }).tap();
    await say(app, "add a task to buy stamps, envelopes, paper, ink and pens for all the letters");
    await expect(app.getByRole("log")).toContainText(/added/i);
    await expect(app.getByRole("heading", { name: /stamps, envelopes/ })).toBeVisible();
    const { width } = (await app.getByRole("region", { name: "Chat" }).boundingBox())!;
    expect(width).toBeLessThanOrEqual(390);
  });
});

test("the focus stays in the list when its task goes, and other programs' keys change nothing", async ({
  app,
}) => {
  await quickAdd(app, "one today", "One");
  await quickAdd(app, "two tomorrow", "Two");
  await quickAdd(app, "three", "Three");
  await taskTitle(app, "One").focus();
  await app.keyboard.press("Delete");
  await expect(taskTitle(app, "Two")).toBeFocused();
  await app.keyboard.press("Control+x");
  await app.keyboard.press("ArrowDown");
  await app.keyboard.press("x");
  await expect(taskTitle(app, "Three")).toBeHidden();
  await expect(taskTitle(app, "Two")).toBeFocused();
});

test("the focus stays in the list when a task is deleted by its menu", async ({ app }) => {
  await quickAdd(app, "one today", "One");
  await quickAdd(app, "two tomorrow", "Two");
  await app.getByRole("button", { name: "More for “One”" }).press("Enter");
  const remove = app.getByRole("menuitem", { name: "Delete" });
  await expect(remove).toBeVisible();
  await remove.press("Enter");
  await expect(taskTitle(app, "One")).toBeHidden();
  await expect(taskTitle(app, "Two")).toBeFocused();
});
