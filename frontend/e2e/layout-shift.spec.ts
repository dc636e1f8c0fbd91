import type { Page } from "@playwright/test";
import { expect, newAccount, PAGE, PHONE, signUp, taskTitle, test } from "./fixtures";

/** Tells what moves on a page by itself: as Lighthouse's layout shift has it, within half a second of no press. */
async function movesOn(page: Page, path: string, settle: () => Promise<void>): Promise<string[]> {
  const moves: string[] = [];
  await page.exposeFunction("keepMove", (move: string) => moves.push(move));
  await page.addInitScript(() => {
    interface LayoutShift extends PerformanceEntry {
      value: number;
      hadRecentInput: boolean;
      sources: { node: Node | null }[];
    }
    const nameOf = (node: Node | null) =>
      node instanceof Element ? node.outerHTML.slice(0, 120) : (node?.textContent ?? "");
    new PerformanceObserver((list) => {
      for (const { value, hadRecentInput, sources } of list.getEntries() as LayoutShift[])
        if (!hadRecentInput)
          void (window as never as { keepMove: (move: string) => void }).keepMove(
            `${value.toFixed(4)} by ${sources.map(({ node }) => nameOf(node)).join(" | ")}`,
          );
    }).observe({ type: "layout-shift", buffered: true });
  });
  await page.goto(path);
  await settle();
  await page.evaluate(async () => {
    await document.fonts.ready;
    // What is drawn next is known once the frame after it begins.
    for (let frame = 0; frame < 3; frame++) await new Promise(requestAnimationFrame);
  });
  return moves;
}

for (const [device, use] of Object.entries({ desktop: {}, phone: PHONE })) {
  test.describe(`on a ${device}`, { tag: PAGE }, () => {
    test.use(use);

    for (const path of ["/", "/sign-in", "/sign-up"])
      test(`nothing moves on ${path} while it loads`, async ({ page }) => {
        const settle = () => expect(page.getByRole("heading", { level: 1 })).toBeVisible();
        expect(await movesOn(page, path, settle)).toEqual([]);
      });

    test("nothing moves in the app while it loads", async ({ page }) => {
      await signUp(page, newAccount());
      for (let number = 0; number < 30; number++)
        await page.request.post("/api/me/tasks", { data: { title: `Task number ${number}` } });
      const settle = async () => {
        await expect(taskTitle(page, "Task number 29")).toBeVisible();
        if (device === "phone") return;
        await expect(page.getByRole("link", { name: /^Today/ })).toBeVisible();
        await expect(page.getByRole("textbox", { name: "Message to the assistant" })).toBeVisible();
      };
      expect(await movesOn(page, "/app/all", settle)).toEqual([]);
    });
  });
}
