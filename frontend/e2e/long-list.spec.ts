import type { Locator, Page } from "@playwright/test";
import { expectNoViolations } from "./axe";
import {
  day,
  expect,
  forget,
  makeMany,
  newAccount,
  PAGE,
  signUp,
  taskRow,
  taskTitle,
  test,
} from "./fixtures";

const MANY = 10_000;

const nameOf = (index: number) => `Task ${String(index).padStart(5, "0")}`;

/** A page of somebody with so many tasks, some with a day, some of two lines, at an address. */
async function openWith(page: Page, count: number, path: string): Promise<void> {
  await signUp(page, newAccount());
  await makeMany(
    page,
    Array.from({ length: count }, (_, index) => ({
      title: nameOf(index),
      description: index % 7 === 0 ? "And a line about it" : "",
      priority: index % 5 === 0 ? "high" : "none",
      ...(index % 3 === 0 && { due_date: day(Math.floor(index / 100)) }),
    })),
  );
  await page.goto(path);
  await expect(page.locator("[data-task-title]").first()).toBeVisible();
}

interface Scrolled {
  /** The most rows that were in the document at once, and the longest time between two frames. */
  rows: number;
  longestMs: number;
  /** The processor's time for the page, as the browser reckons it. */
  busyMs: number;
}

/** Scrolls the list so far, by so much with each frame: a part of the window, else more. */
async function scroll(page: Page, distance: number, step = 200): Promise<Scrolled> {
  const browser = await page.context().newCDPSession(page);
  await browser.send("Performance.enable", { timeDomain: "threadTicks" });
  const busy = async () => {
    const { metrics } = await browser.send("Performance.getMetrics");
    return metrics.find(({ name }) => name === "TaskDuration")!.value * 1000;
  };
  const before = await busy();
  const seen = await page.evaluate(
    async ([distance, step]) => {
      const list = document.querySelector("main")!;
      const end = list.scrollTop + distance;
      const nextFrame = () => new Promise<number>((resolve) => requestAnimationFrame(resolve));
      let [rows, longestMs, last] = [0, 0, await nextFrame()];
      for (let still = 0; list.scrollTop < end && still < 10;) {
        const top = list.scrollTop;
        list.scrollBy(0, step);
        const now = await nextFrame();
        longestMs = Math.max(longestMs, now - last);
        last = now;
        rows = Math.max(rows, document.querySelectorAll("[data-task]").length);
        still = list.scrollTop > top ? 0 : still + 1; // rows that turn out lower than reckoned bring it back a little
      }
      return { rows, longestMs };
    },
    [distance, step] as const,
  );
  return { ...seen, busyMs: (await busy()) - before };
}

/** Has the End key load all there is. */
async function goToEnd(page: Page, last: string): Promise<void> {
  await page.locator("[data-task-title]").first().press("End");
  await expect(taskTitle(page, last)).toBeFocused();
}

test("ten thousand tasks scroll as a few hundred do", { tag: PAGE }, async ({ page }) => {
  await openWith(page, 300, "/app/all?sort=title");
  await goToEnd(page, nameOf(299));
  await page.keyboard.press("Home");
  await expect(taskTitle(page, nameOf(0))).toBeFocused();
  const few = await scroll(page, 10_000);

  await forget(page);
  await openWith(page, MANY, "/app/all?sort=title");
  await goToEnd(page, nameOf(MANY - 1));
  await page.keyboard.press("Home");
  await expect(taskTitle(page, nameOf(0))).toBeFocused();
  const many = await scroll(page, 10_000);
  const whole = await scroll(page, 10_000_000, 2_000);
  await expect(taskTitle(page, nameOf(MANY - 1))).toBeInViewport();
  for (const { rows } of [few, many, whole]) expect(rows).toBeLessThan(150);
  // By the work, not the clock of a machine that may have much else to do; `./todo bench scroll` has the clock.
  expect(many.busyMs).toBeLessThan(3 * few.busyMs);
  test.info().annotations.push({
    type: "frames",
    description: `longest ${Math.round(whole.longestMs)} ms of ${MANY} tasks, ${Math.round(few.longestMs)} ms of 300`,
  });
});

test("more comes before one has scrolled to it", { tag: PAGE }, async ({ page }) => {
  await openWith(page, 700, "/app/upcoming");
  await scroll(page, 2_000);
  await expect.poll(() => page.locator("h2").count()).toBeGreaterThan(0);
  await expect
    .poll(async () => {
      await scroll(page, 20_000);
      return page.getByRole("button", { name: "Show more" }).count();
    })
    .toBe(0);
  await expectNoViolations(page, "main");
});

test(
  "keys go on from the row that has the focus, however far off it is",
  { tag: PAGE },
  async ({ page }) => {
    await openWith(page, 400, "/app/all?sort=title");
    await goToEnd(page, nameOf(399));
    const last = taskRow(page, nameOf(399));
    await expect(last).toHaveAttribute("aria-posinset", "400");
    await expect(last).toHaveAttribute("aria-setsize", "400");
    await page.keyboard.press("Home");
    await expect(taskTitle(page, nameOf(0))).toBeFocused();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowDown");
    await expect(taskTitle(page, nameOf(2))).toBeFocused();
    await scroll(page, 9_000);
    await expect(taskTitle(page, nameOf(150))).toBeAttached();
    await expect(taskTitle(page, nameOf(2))).toBeFocused();
    await expect(taskTitle(page, nameOf(50))).not.toBeAttached();
    await page.keyboard.press("ArrowDown");
    await expect(taskTitle(page, nameOf(3))).toBeFocused();
    await expect(taskTitle(page, nameOf(3))).toBeInViewport();
    await page.keyboard.press("Delete");
    await expect(taskTitle(page, nameOf(4))).toBeFocused();
  },
);

for (const [how, step] of [
  ["where one scrolled through the rows", 200],
  ["where one jumped to rows that were not drawn", 6_000],
] as const) {
  test(`what is added elsewhere does not move what is being read, ${how}`, async ({ page }) => {
    await openWith(page, 400, "/app/all?sort=title");
    await goToEnd(page, nameOf(399));
    await page.keyboard.press("Home");
    await expect(taskTitle(page, nameOf(0))).toBeFocused();
    await scroll(page, 6_000, step);
    const rowInSight = await page.waitForFunction(() => {
      const { top, bottom } = document.querySelector("main")!.getBoundingClientRect();
      const isInSight = (y: number) => top + 100 < y && y < bottom;
      const titles = [...document.querySelectorAll("[data-task-title]")];
      return titles.find((title) => isInSight(title.getBoundingClientRect().top))?.textContent;
    });
    const name = (await rowInSight.jsonValue())!;
    await page.waitForTimeout(1_000); // those around it are drawn and measured
    const moved = await movesOf(taskTitle(page, name));
    const made = await page.request.post("/api/me/tasks", { data: { title: "A new one" } });
    expect(made.status()).toBe(201);
    await expect(taskRow(page, name)).toHaveAttribute("aria-setsize", "401");
    await page.waitForTimeout(500); // rows that come and go, too
    expect(await moved()).toBeLessThan(3);
  });
}

/** Watches each frame from now on; tells by how many pixels the element was away from its place at most. */
async function movesOf(element: Locator): Promise<() => Promise<number>> {
  const seen = await element.evaluateHandle((element) => {
    const seen = { most: 0 };
    const { y } = element.getBoundingClientRect();
    const look = () => {
      seen.most = Math.max(seen.most, Math.abs(element.getBoundingClientRect().y - y));
      requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
    return seen;
  });
  return () => seen.evaluate(({ most }) => most);
}
