import type { Locator, Page } from "@playwright/test";
import { expectNoViolations } from "./axe";
import {
  expect,
  newAccount,
  notice,
  PAGE,
  PHONE,
  signUp,
  taskRow,
  taskTitle,
  test,
  titles,
} from "./fixtures";

const BY_HAND = "/app/all?sort=manual";

/** A page of somebody with tasks in this order, the one that is made by hand. */
async function openWith(page: Page, names: string[], path = BY_HAND): Promise<void> {
  await signUp(page, newAccount());
  for (const title of [...names].reverse()) {
    const answer = await page.request.post("/api/me/tasks", { data: { title, tags: ["home"] } });
    expect(answer.status()).toBe(201);
  }
  await page.goto(path);
  await expectOrder(page, names);
  await expect(handle(page, names[0]!)).toBeVisible();
}

const expectOrder = (page: Page, names: string[]) => expect.poll(() => titles(page)).toEqual(names);

const handle = (page: Page, title: string) => taskRow(page, title).locator("[data-drag-handle]");

const said = (page: Page, words: string) =>
  expect(
    page.getByRole("main").locator("[aria-live=polite]").filter({ hasText: words }),
  ).toBeAttached();

async function middleOf(part: Locator): Promise<{ x: number; y: number }> {
  const { x, y, width, height } = (await part.boundingBox())!;
  return { x: x + width / 2, y: y + height / 2 };
}

async function dragBelow(page: Page, title: string, other: string): Promise<void> {
  const begin = await middleOf(handle(page, title));
  const end = await middleOf(handle(page, other));
  await page.mouse.move(begin.x, begin.y);
  await page.mouse.down();
  await page.mouse.move(begin.x, end.y + 8, { steps: 5 });
  await page.mouse.up();
}

/** Waits until the server has what the page shows. */
const moved = (page: Page) =>
  page.waitForResponse((answer) => answer.url().endsWith("/move") && answer.ok());

test("keys move a task by one place, and one undo takes one of them back", async ({ page }) => {
  await openWith(page, ["One", "Two", "Three", "Four"]);
  await taskTitle(page, "One").focus();
  for (const [key, order, place] of [
    ["Alt+ArrowDown", ["Two", "One", "Three", "Four"], 2],
    ["Alt+ArrowDown", ["Two", "Three", "One", "Four"], 3],
    ["Alt+ArrowUp", ["Two", "One", "Three", "Four"], 2],
  ] as const) {
    const answer = moved(page);
    await page.keyboard.press(key);
    await expectOrder(page, [...order]);
    await expect(taskTitle(page, "One")).toBeFocused();
    await said(page, `Moved “One” to place ${place}`);
    await answer;
  }
  await page.keyboard.press("ArrowDown");
  await expect(taskTitle(page, "Three")).toBeFocused();
  await page.reload();
  await expectOrder(page, ["Two", "One", "Three", "Four"]);
  await page.keyboard.press("Control+z");
  await expectOrder(page, ["Two", "Three", "One", "Four"]);
  await page.keyboard.press("Control+z");
  await expectOrder(page, ["Two", "One", "Three", "Four"]);
  await page.keyboard.press("Control+Shift+z");
  await expectOrder(page, ["Two", "Three", "One", "Four"]);
  await taskTitle(page, "Two").press("Alt+ArrowDown");
  await expectOrder(page, ["Three", "Two", "One", "Four"]);
  await page.keyboard.press("Delete");
  await expect(taskTitle(page, "One")).toBeFocused(); // which is where it was
});

test("a row is dragged by its handle, and its notice has the way back", async ({ page }) => {
  await openWith(page, ["One", "Two", "Three", "Four"]);
  const begin = await middleOf(handle(page, "Four"));
  const end = await middleOf(handle(page, "Two"));
  await page.mouse.move(begin.x, begin.y);
  await page.mouse.down();
  await page.mouse.move(begin.x, end.y - 8, { steps: 5 });
  await expect(taskRow(page, "Four")).toHaveAttribute("data-dragged");
  const answer = moved(page);
  await page.mouse.up();
  await expectOrder(page, ["One", "Four", "Two", "Three"]);
  await expect(taskRow(page, "Four")).not.toHaveAttribute("data-dragged");
  await answer;
  await page.reload();
  await expectOrder(page, ["One", "Four", "Two", "Three"]);
  await dragBelow(page, "One", "Three");
  await expectOrder(page, ["Four", "Two", "Three", "One"]);
  await notice(page, "Moved “One” to place 4").getByRole("button", { name: "Undo" }).click();
  await expectOrder(page, ["One", "Four", "Two", "Three"]);
});

test("dragging is given up with Escape", { tag: PAGE }, async ({ page }) => {
  await openWith(page, ["One", "Two", "Three"]);
  const begin = await middleOf(handle(page, "One"));
  await page.mouse.move(begin.x, begin.y);
  await page.mouse.down();
  await page.mouse.move(begin.x, begin.y + 300, { steps: 5 });
  await page.keyboard.press("Escape");
  await page.mouse.up();
  await expect(taskRow(page, "One")).not.toHaveAttribute("data-dragged");
  await expectOrder(page, ["One", "Two", "Three"]);
});

test("the list scrolls while a row is held at its end", { tag: PAGE }, async ({ page }) => {
  const names = Array.from({ length: 24 }, (_, index) => `Task ${index + 1}`);
  await openWith(page, names);
  const begin = await middleOf(handle(page, "Task 1"));
  const main = page.getByRole("main");
  const scrolled = () =>
    main.evaluate((list) => list.scrollTop + list.clientHeight >= list.scrollHeight - 1);
  await page.mouse.move(begin.x, begin.y);
  await page.mouse.down();
  await page.mouse.move(begin.x, 790, { steps: 5 });
  await expect.poll(scrolled).toBe(true);
  await page.mouse.up();
  await expectOrder(page, [...names.slice(1), "Task 1"]);
});

test.describe("where a request fails", () => {
  test.use({ expectedConsoleErrors: /\/move$/ });

  test("a task goes back to its place", { tag: PAGE }, async ({ page }) => {
    await openWith(page, ["One", "Two", "Three"]);
    const problem = {
      status: 404,
      title: "Not Found",
      detail: "There is no such task.",
      code: "not_found",
    };
    let answer = () => undefined as void;
    const asked = new Promise<void>((resolve) => (answer = resolve));
    await page.route("**/move", async (route) => {
      await asked;
      await route.fulfill({ status: 404, contentType: "application/problem+json", json: problem });
    });
    await taskTitle(page, "One").press("Alt+ArrowDown");
    await expectOrder(page, ["Two", "One", "Three"]);
    answer();
    await expect(notice(page, "The task was not moved")).toBeVisible();
    await expectOrder(page, ["One", "Two", "Three"]);
    await expect(taskTitle(page, "One")).toBeFocused();
  });
});

test(
  "the order is chosen where it is made, and a menu moves without dragging",
  { tag: PAGE },
  async ({ page }) => {
    await openWith(page, ["One", "Two", "Three"], "/app/tags/home?sort=manual");
    await page.goto("/app/tags/home?sort=title");
    await page.getByRole("button", { name: "Sort: Title" }).click();
    await page.getByRole("menuitem", { name: "My order" }).click();
    await expect(page).toHaveURL(/\/app\/tags\/home\?sort=manual$/);
    await expect(handle(page, "Two")).toBeVisible();
    await expectOrder(page, ["One", "Two", "Three"]);
    await page.getByRole("button", { name: "More for “Two”" }).click();
    await page.getByRole("menuitem", { name: "Move up" }).click();
    await expectOrder(page, ["Two", "One", "Three"]);
    await notice(page, "Moved “Two” to place 1").getByRole("button", { name: "Undo" }).click();
    await expectOrder(page, ["One", "Two", "Three"]);
    await expectNoViolations(page);
    await page.goto("/app/done?sort=manual");
    await page.getByRole("button", { name: "Sort: Newest first" }).click();
    await expect(page.getByRole("menuitem", { name: "Title" })).toBeVisible();
    await expect(page.getByRole("menuitem", { name: "My order" })).toHaveCount(0);
  },
);

for (const colorScheme of ["light", "dark"] as const) {
  test.describe(`on a phone in ${colorScheme}`, () => {
    test.use({
      colorScheme,
      ...PHONE,
    });

    test(
      "a finger on the handle drags, and the list does not scroll",
      { tag: PAGE },
      async ({ page }) => {
        await openWith(page, ["One", "Two", "Three"]);
        const { width, height } = (await handle(page, "One").boundingBox())!;
        expect(Math.min(width, height)).toBeGreaterThanOrEqual(44);
        await expectNoViolations(page);
        const { x, y } = await middleOf(handle(page, "One"));
        const end = await middleOf(handle(page, "Three"));
        const finger = await page.context().newCDPSession(page);
        const touch = (type: "touchStart" | "touchMove" | "touchEnd", at: number[]) =>
          finger.send("Input.dispatchTouchEvent", { type, touchPoints: at.map((y) => ({ x, y })) });
        await touch("touchStart", [y]);
        for (const at of [y + 20, end.y, end.y + 8]) await touch("touchMove", [at]);
        await touch("touchEnd", []);
        await expectOrder(page, ["Two", "Three", "One"]);
        await expect(notice(page, "Moved “One” to place 3")).toBeVisible();
      },
    );
  });
}
