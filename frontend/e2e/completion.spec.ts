import type { Page } from "@playwright/test";
import type { QuickAddPreview } from "../lib/api/types";
import { PHRASES } from "../lib/tasks/completion";
import { expectNoViolations } from "./axe";
import { day, expect, PAGE, PHONE, quickAdd, taskRow, taskTitle, test, ZONE } from "./fixtures";

const line = (page: Page) => page.getByRole("combobox", { name: "Add a task" });
const list = (page: Page) => page.getByRole("listbox", { name: "Go on with" });
const options = (page: Page) => list(page).getByRole("option");

/** Types in the line from nothing. */
async function type(page: Page, text: string): Promise<void> {
  await line(page).fill("");
  await line(page).pressSequentially(text);
}

/** What each phrase that repeats is read as. */
const RULES: Record<string, RegExp> = {
  "every day": /^FREQ=DAILY$/,
  "every weekday": /^FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR$/,
  "every week": /^FREQ=WEEKLY(;BYDAY=\w\w)?$/,
  "every 2 weeks": /^FREQ=WEEKLY;INTERVAL=2/,
  "every month": /^FREQ=MONTHLY/,
  "every year": /^FREQ=YEARLY/,
};

test.describe("as a line is typed", { tag: PAGE }, () => {
  test("tags are offered, and taken by keyboard or pointer", async ({ app }) => {
    await quickAdd(app, "rake #home", "Rake");
    await quickAdd(app, "mow #home", "Mow");
    await quickAdd(app, "tidy #house", "Tidy");
    await type(app, "paint #ho");
    await expect(options(app)).toHaveText([/^#home2 open$/, /^#house1 open$/, /^#honew tag$/]);
    await expect(line(app)).toHaveAttribute("aria-expanded", "true");
    await expect(options(app).and(app.locator("[aria-selected=true]"))).toHaveCount(0);

    await line(app).press("ArrowDown");
    await line(app).press("ArrowDown");
    await expect(options(app).nth(1)).toHaveAttribute("aria-selected", "true");
    await expect(line(app)).toHaveAttribute(
      "aria-activedescendant",
      (await options(app).nth(1).getAttribute("id"))!,
    );
    await line(app).press("Tab");
    await expect(line(app)).toHaveValue("paint #house ");
    await expect(line(app)).toBeFocused();
    await expect(list(app)).toHaveCount(0);
    await expect(line(app)).toHaveAttribute("aria-expanded", "false");

    await line(app).pressSequentially("#h");
    await options(app).filter({ hasText: "#home" }).click();
    await expect(line(app)).toHaveValue("paint #house #home ");
    await expect(line(app)).toBeFocused();
    await line(app).press("Enter");
    await expect(taskRow(app, "Paint")).toContainText("#house");
    await expect(taskRow(app, "Paint")).toContainText("#home");
  });

  test("Enter without a choice adds the task as it is typed", async ({ app }) => {
    await quickAdd(app, "rake #home", "Rake");
    await type(app, "call tom");
    await expect(options(app)).toHaveText([/^tomorrow/]);
    await line(app).press("Enter");
    await expect(taskTitle(app, "Call tom")).toBeVisible();
    await type(app, "paint #ho");
    await expect(list(app)).toBeVisible();
    await line(app).press("Enter");
    await expect(taskRow(app, "Paint")).toContainText("#ho");
  });

  test("Enter on a choice takes it, and the next adds the task", async ({ app }) => {
    await type(app, "call mum next w");
    await line(app).press("ArrowDown");
    await line(app).press("Enter");
    await expect(line(app)).toHaveValue("call mum next week ");
    await expect(app.getByRole("list", { name: "Understood" })).toBeVisible();
    await line(app).press("Enter");
    await expect(taskTitle(app, "Call mum")).toBeVisible();
  });

  test("Escape closes them and leaves the typing", async ({ app }) => {
    await type(app, "call tom");
    await expect(list(app)).toBeVisible();
    await line(app).press("Escape");
    await expect(list(app)).toHaveCount(0);
    await expect(line(app)).toHaveValue("call tom");
    await line(app).pressSequentially("o"); // still the word for which they were closed
    await expect(list(app)).toHaveCount(0);
    await line(app).pressSequentially(" fri");
    await expect(options(app)).toHaveText([/^friday/]);
    await line(app).press("Home"); // away from the word
    await expect(list(app)).toHaveCount(0);
    await line(app).press("End");
    await expect(list(app)).toBeVisible();
    await line(app).blur();
    await expect(list(app)).toHaveCount(0);
  });

  test("each phrase of time is read as what it says", async ({ app }) => {
    for (const phrase of PHRASES) {
      const answer = await app.request.post("/api/me/tasks/quick-add?preview=true", {
        data: { text: `water the plants ${phrase.words}`, time_zone: ZONE },
      });
      const { task, parts } = (await answer.json()) as QuickAddPreview;
      expect(task.title, phrase.words).toBe("Water the plants");
      expect(parts.map(({ text }) => text).join(" "), phrase.words).toBe(phrase.words);
      if ("day" in phrase) expect(task.due_date, phrase.words).toBe(phrase.day(day(0)));
      else expect(task.recurrence?.rule).toMatch(RULES[phrase.words] ?? /^FREQ=WEEKLY;BYDAY=\w\w$/);
    }
  });
});

test.describe("on a phone", () => {
  test.use(PHONE);

  test("a completion is taken by a finger", { tag: PAGE }, async ({ app }) => {
    await quickAdd(app, "rake #home", "Rake");
    await type(app, "paint the fence behind the house #ho");
    const home = options(app).first();
    const { x, width, height } = (await home.boundingBox())!;
    expect(height).toBeGreaterThanOrEqual(44);
    expect(x + width).toBeLessThanOrEqual(390);
    await home.tap();
    await expect(line(app)).toHaveValue("paint the fence behind the house #home ");
  });
});

for (const colorScheme of ["light", "dark"] as const) {
  test.describe(`in ${colorScheme}`, () => {
    test.use({ colorScheme });

    test("completions are accessible", { tag: PAGE }, async ({ app }) => {
      await quickAdd(app, "rake #home", "Rake");
      await expectNoViolations(app, "main");
      await type(app, "paint #ho");
      await line(app).press("ArrowDown");
      await expect(options(app).first()).toHaveAttribute("aria-selected", "true");
      await expectNoViolations(app, "main");
    });
  });
}
