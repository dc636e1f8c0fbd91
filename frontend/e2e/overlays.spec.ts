import type { Page, Route } from "@playwright/test";
import { expect, newAccount, PAGE, quickAdd, signUp, test } from "./fixtures";

/** Holds up the scripts that a page does not begin with. Returns what lets them come. */
async function holdLaterScripts(page: Page, path: string): Promise<() => Promise<void>> {
  const html = await (await page.request.get(path)).text();
  const held: Route[] = [];
  let isHeld = true;
  await page.route("**/_next/static/**/*.js", (route) => {
    const isFirst = html.includes(new URL(route.request().url()).pathname);
    if (isFirst || !isHeld) return route.continue();
    held.push(route);
  });
  return async () => {
    isHeld = false;
    for (const route of held) await route.continue();
  };
}

test(
  "what is pressed before the code of menus has come opens as soon as it has, and gives the focus back",
  { tag: PAGE },
  async ({ page }) => {
    await signUp(page, newAccount());
    const release = await holdLaterScripts(page, "/app");
    // Not until it has loaded: scripts that are asked for before that are part of it, and held up.
    await page.goto("/app/all", { waitUntil: "commit" });
    const account = page.getByRole("button", { name: "Account", exact: true });
    await account.click();
    await expect(account).toHaveAttribute("aria-expanded", "true");
    const menu = page.getByRole("menu", { name: "Account" });
    await expect(menu).toBeHidden();
    await release();
    await expect(menu).toBeVisible();
    await expect(menu).toHaveAttribute("id", (await account.getAttribute("aria-controls"))!);
    await page.keyboard.press("ArrowDown");
    await expect(menu.getByRole("menuitem", { name: "Settings" })).toBeFocused();
    await page.keyboard.press("Escape");
    await expect(menu).toBeHidden();
    await expect(account).toBeFocused();
    await expect(account).toHaveAttribute("aria-expanded", "false");
  },
);

test(
  "menus, filters and dialogs are named, close by their button or Escape, and give the focus back",
  { tag: PAGE },
  async ({ app }) => {
    await quickAdd(app, "milk", "Milk");
    for (const name of ["Colours", "Sort: Due date", "More for “Milk”"]) {
      const button = app.getByRole("button", { name, exact: true });
      const menu = app.getByRole("menu", { name, exact: true });
      for (const close of [() => app.keyboard.press("Escape"), () => button.click()]) {
        await button.click();
        await expect(menu).toBeVisible();
        await close();
        await expect(menu).toBeHidden();
        await expect(button).toBeFocused();
      }
    }

    const filter = app.getByRole("button", { name: "Filter", exact: true });
    const panel = app.getByRole("dialog", { name: "Filter", exact: true });
    await filter.click();
    await expect(panel).toBeVisible();
    await filter.click();
    await expect(panel).toBeHidden();
    await filter.click();
    await expect(panel).toHaveAttribute("id", (await filter.getAttribute("aria-controls"))!);
    await app.keyboard.press("Escape");
    await expect(filter).toBeFocused();

    const account = app.getByRole("button", { name: "Account", exact: true });
    for (let time = 0; time < 2; time++) {
      await account.click();
      await app.getByRole("menuitem", { name: "Keyboard shortcuts" }).click();
      const help = app.getByRole("dialog", { name: "Keyboard shortcuts" });
      await expect(help).toBeVisible();
      await app.keyboard.press("Escape");
      await expect(help).toBeHidden();
      await expect(account).toBeFocused();
    }
  },
);
