import type { Page } from "@playwright/test";
import { expectNoViolations } from "./axe";
import { expect, PAGE, PHONE, quickAdd, taskRow, taskTitle, test } from "./fixtures";

const form = (page: Page) => page.getByRole("dialog", { name: "Edit task" });
const note = (page: Page) => form(page).getByRole("group", { name: "Notes" });
const field = (page: Page) => form(page).getByRole("textbox", { name: "Notes" });
const box = (page: Page, words: string) => note(page).getByRole("checkbox", { name: words });

/** Has a task with a note, and opens it. */
async function openNote(page: Page, description: string): Promise<void> {
  const answer = await page.request.post("/api/me/tasks", {
    data: { title: "Groceries", description },
  });
  expect(answer.status()).toBe(201);
  await taskTitle(page, "Groceries").click();
}

const saved = async (page: Page): Promise<string> => {
  const answer = await page.request.get("/api/me/tasks?status=pending");
  return ((await answer.json()) as { items: { description: string }[] }).items[0]!.description;
};

const LIST =
  "For **Sunday**:\n\n- [ ] milk\n- [x] eggs\n\n```\n- [ ] code\n```\n\n- [ ] [bread](https://example.org/bread)";

test.describe("a note", { tag: PAGE }, () => {
  test("is shown as it reads, and its boxes are ticked", async ({ app }) => {
    await openNote(app, LIST);
    await expect(note(app).locator("strong")).toHaveText("Sunday");
    await expect(note(app).getByRole("checkbox")).toHaveCount(3);
    await box(app, "milk").click();
    await expect(box(app, "milk")).toBeChecked();
    await box(app, "bread").press("Space");
    await expect(box(app, "bread")).toBeChecked();
    await expect(box(app, "bread")).toBeFocused();
    await box(app, "eggs").click();
    await expect(box(app, "eggs")).not.toBeChecked();
    const ticked = LIST.replace("[ ] milk", "[x] milk")
      .replace("[ ] [bread]", "[x] [bread]")
      .replace("[x] eggs", "[ ] eggs");
    await expect.poll(() => saved(app)).toBe(ticked);

    // Without Save: each was kept at once.
    await app.keyboard.press("Escape");
    await expect(form(app)).toBeHidden();
    const row = taskRow(app, "Groceries");
    await expect(row.getByRole("img", { name: "Note, 2 of 3 boxes ticked" })).toHaveText("2/3");
    await expect(row).toContainText("For Sunday:");
  });

  test("is written once it is clicked, or by its button", async ({ app }) => {
    await openNote(app, "Call *her*");
    await note(app).click();
    await expect(field(app)).toBeFocused();
    await expect(field(app)).toHaveValue("Call *her*");
    await app.keyboard.type(" first");
    await app.keyboard.press("Escape");
    await expect(note(app)).toHaveText("Call her first");
    const edit = form(app).getByRole("button", { name: "Edit" });
    await expect(edit).toBeFocused();
    await app.keyboard.press("Enter");
    await expect(field(app)).toBeFocused();
    await app.keyboard.type("\n- [ ] today");
    await form(app).getByRole("button", { name: "Done" }).click();
    await box(app, "today").click(); // of a note that is not saved yet: it is with the rest
    expect(await saved(app)).toBe("Call *her*");
    await form(app).getByRole("button", { name: "Save" }).click();
    await expect(form(app)).toBeHidden();
    expect(await saved(app)).toBe("Call *her* first\n- [x] today");
    await expect(taskRow(app, "Groceries").getByRole("img", { name: /^Note/ })).toHaveText("1/1");
  });

  test("has links that leave in a new tab, and neither HTML nor images", async ({ app }) => {
    await openNote(
      app,
      "[there](https://example.org) [run](javascript:alert(1)) <b>bold</b> ![cat](https://example.org/cat.png)",
    );
    const link = note(app).getByRole("link");
    await expect(link).toHaveText("there");
    await expect(link).toHaveAttribute("target", "_blank");
    await expect(link).toHaveAttribute("rel", /noopener/);
    await expect(note(app).locator("b, img")).toHaveCount(0);
  });

  test("of a task that repeats is ticked for this time", async ({ app }) => {
    await quickAdd(app, "water the plants every day", "Water the plants");
    await taskTitle(app, "Water the plants").click();
    await field(app).fill("- [ ] fern");
    await form(app).getByRole("button", { name: "Save" }).click();
    await expect(form(app)).toBeHidden();
    await taskTitle(app, "Water the plants").click();
    await box(app, "fern").click();
    await expect.poll(() => saved(app)).toBe("- [x] fern");
    await app.keyboard.press("Escape");
    await app.getByRole("checkbox", { name: "Complete “Water the plants”" }).click();
    await expect.poll(() => saved(app)).toBe("- [ ] fern");
  });

  test.describe("that cannot be kept", () => {
    test.use({ expectedConsoleErrors: /422/ });

    test("says so, and is kept with the rest", async ({ app }) => {
      await openNote(app, "- [ ] milk");
      await expect(box(app, "milk")).toBeVisible();
      await app.route("**/api/*/tasks/*", (route) =>
        route.fulfill({ status: 422, json: { detail: "Not today." } }),
      );
      await box(app, "milk").click();
      await expect(form(app).getByRole("alert")).toHaveText("Not today.");
      await expect(box(app, "milk")).toBeChecked();
      await app.unroute("**/api/*/tasks/*");
      await form(app).getByRole("button", { name: "Save" }).click();
      await expect(form(app)).toBeHidden();
      expect(await saved(app)).toBe("- [x] milk");
    });
  });
});

test.describe("on a phone", () => {
  test.use(PHONE);

  test("boxes are ticked by a finger", { tag: PAGE }, async ({ app }) => {
    await openNote(app, "- [ ] milk\n- [ ] eggs");
    await expect(box(app, "milk")).toBeVisible();
    for (const target of [
      note(app).locator("label").first(),
      form(app).getByRole("button", { name: "Edit" }),
    ]) {
      const { width, height } = (await target.boundingBox())!;
      expect(Math.min(width, height)).toBeGreaterThanOrEqual(44);
    }
    await note(app).locator("label").last().tap();
    await expect(box(app, "eggs")).toBeChecked();
    await expect(box(app, "milk")).not.toBeChecked();
  });
});

for (const colorScheme of ["light", "dark"] as const) {
  test.describe(`in ${colorScheme}`, () => {
    test.use({ colorScheme });

    test("a note is accessible", { tag: PAGE }, async ({ app }) => {
      await openNote(app, `${LIST}\n\n# Also\n\n| a | b |\n|---|---|\n| \`c\` | d |`);
      await expect(box(app, "milk")).toBeVisible();
      await expectNoViolations(app, "[role=dialog]");
      await note(app).click({ position: { x: 4, y: 4 } });
      await expect(field(app)).toBeFocused();
      await expectNoViolations(app, "[role=dialog]");
      await form(app).getByRole("button", { name: "Close" }).click();
      await expectNoViolations(app, "main");
    });
  });
}
