import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { test as base, expect, type Locator, type Page } from "@playwright/test";
import { NOTICE_MS } from "../lib/notice-time";
import { dayAfter, dayIn } from "../lib/tasks/due";

export { expect };

/** The tag of a test that shows what the page does by itself, which is the same on every engine: one of them runs it. */
export const PAGE = "@page";

/** What a page is opened on where it is on a phone. */
export const PHONE = {
  viewport: { width: 390, height: 844 },
  hasTouch: true,
  isMobile: true,
} as const;

const PASSWORD = "a long enough password";

export interface Account {
  name: string;
  email: string;
  password: string;
}

/** The browser's zone, as `playwright.config.ts` has it. */
export const ZONE = "Asia/Karachi";

/** A day as seen from there: so many after today. */
export const day = (offset: number) => dayAfter(dayIn(ZONE, new Date()), offset);

/** What was on its way as its session ended. One that should not have ended leads away from what a test looks at. */
const AS_A_SESSION_ENDED = /status of 401 .*\/api\/me\//;

let made = 0;

/** An account nobody has used before, on a database that keeps what earlier runs left. */
export function newAccount(name = "Ada Lovelace"): Account {
  return {
    name,
    email: `e2e-${Date.now()}-${process.pid}-${made++}@example.org`,
    password: PASSWORD,
  };
}

interface Fixtures {
  /** Words that a failing request may put on the console in a test that makes requests fail. */
  expectedConsoleErrors: RegExp | null;
  consoleErrors: string[];
  /** A page of somebody who has just signed up, on an empty list. */
  app: Page;
}

/** Waits for the next day where this one is nearly over in the browser's zone: what is due today would not be tomorrow. */
async function notAcrossMidnight(): Promise<void> {
  const isNearlyOver = () => dayIn(ZONE, new Date(Date.now() + 120_000)) !== day(0);
  while (isNearlyOver()) await new Promise((resolve) => setTimeout(resolve, 1_000));
}

/** In the page: notices stay until they are closed. A busy machine may look at one after its time. */
function keepNotices(noticeMs: number): void {
  const after = window.setTimeout;
  const ever = 2 ** 31 - 1;
  window.setTimeout = ((run: TimerHandler, ms?: number, ...rest: unknown[]) =>
    after(run, ms === noticeMs ? ever : ms, ...rest)) as typeof window.setTimeout;
}

export const test = base.extend<Fixtures>({
  context: async ({ context }, provide) => {
    await context.addInitScript(keepNotices, NOTICE_MS);
    await provide(context);
  },
  expectedConsoleErrors: [null, { option: true }],
  consoleErrors: [
    async ({ page, expectedConsoleErrors }, provide) => {
      await notAcrossMidnight();
      const errors: string[] = [];
      page.on("console", (message) => {
        if (message.type() === "error") errors.push(`${message.text()} ${message.location().url}`);
      });
      page.on("pageerror", (error) => errors.push(error.message));
      await provide(errors);
      const unexpected = errors.filter(
        (text) => !AS_A_SESSION_ENDED.test(text) && !expectedConsoleErrors?.test(text),
      );
      expect(unexpected, "errors on the browser's console").toEqual([]);
    },
    { auto: true },
  ],
  app: async ({ page }, provide) => {
    await signUp(page, newAccount());
    await page.goto("/app");
    await expect(page.getByRole("heading", { name: "A clear list" })).toBeVisible();
    await provide(page);
  },
});

/** Makes an account and signs the page's browser in, without the form. */
export async function signUp(page: Page, account: Account): Promise<void> {
  // A connection that was kept may end as it is used again.
  const response = await page.request.post("/api/auth/sign-up/email", {
    data: account,
    maxRetries: 2,
  });
  expect(response.status(), await response.text()).toBe(200);
}

/** Takes the session from a page, which would leave by itself if it were still there. */
export async function forget(page: Page): Promise<void> {
  await page.goto("about:blank");
  await page.context().clearCookies();
}

/** What a command of the operator prints, who has `./todo` lead to this stack; the test is skipped where there is none. */
export function operator(...words: string[]): string {
  base.skip(!process.env.TODO_HOME, "TODO_HOME is not set, so ./todo does not lead to this stack");
  return execFileSync(join(import.meta.dirname, "../../todo"), words, { encoding: "utf8" }).trim();
}

/** More in one request would be too long a body. */
const AT_ONCE = 2_000;

/** Makes any number of tasks, by the import of a file: each with what it says, the first of them first in one's own order. */
export async function makeMany(page: Page, tasks: { title: string }[]): Promise<void> {
  const at = new Date().toISOString();
  const whole = tasks.map((task, index) => ({
    id: index + 1,
    parent_id: null,
    description: "",
    priority: "none",
    due_date: null,
    due_time: null,
    time_zone: "due_date" in task ? ZONE : null,
    tags: [],
    recurrence: null,
    rank: String(tasks.length - index),
    created_at: at,
    updated_at: at,
    completed_at: null,
    deleted_at: null,
    ...task,
  }));
  for (let begin = 0; begin < whole.length; begin += AT_ONCE) {
    const data = { format: "todo-stack", version: 1, tasks: whole.slice(begin, begin + AT_ONCE) };
    const answer = await page.request.post("/api/me/import", { data });
    expect(await answer.json()).toMatchObject({ made: data.tasks.length, refused_count: 0 });
  }
}

/** Moves a finger from place to place, and lifts it. */
export async function touch(page: Page, path: { x: number; y: number }[], restMs = 0) {
  const finger = await page.context().newCDPSession(page);
  const send = (type: "touchStart" | "touchMove" | "touchEnd", touchPoints: typeof path) =>
    finger.send("Input.dispatchTouchEvent", { type, touchPoints });
  await send("touchStart", path.slice(0, 1));
  await page.waitForTimeout(restMs);
  for (const point of path.slice(1)) await send("touchMove", [point]);
  await send("touchEnd", []);
}

/** Adds a task in everyday words and waits until the list shows it. */
export async function quickAdd(page: Page, text: string, title: string): Promise<void> {
  const box = page.getByRole("combobox", { name: "Add a task" });
  await noDialog(page);
  await box.fill(text);
  await box.press("Enter");
  await expect(taskTitle(page, title)).toBeVisible();
  await expect(box).toHaveValue("");
}

/** The button that shows a task's title and opens it. */
export const taskTitle = (page: Page, title: string) =>
  page.getByRole("main").getByRole("button", { name: title, exact: true });

/** Presses keys within one task of the page, which gives the second little time to come after the first. */
export const pressInARow = (page: Page, ...keys: string[]) =>
  page.evaluate((keys) => {
    for (const key of keys) {
      const options = { key, bubbles: true, cancelable: true };
      (document.activeElement ?? document.body).dispatchEvent(
        new KeyboardEvent("keydown", options),
      );
    }
  }, keys);

/** Whether an element takes a key for itself: one that it leaves may reach what has the focus next, now and then. */
export const isSpentOn = (element: Locator, key: string) =>
  element.evaluate(
    (target, key) =>
      !target.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true })),
    key,
  );

/** The link to a place in the sidebar, which may say how many tasks it has. */
export const placeLink = (page: Page, label: string) =>
  page
    .getByRole("navigation", { name: "Lists" })
    .getByRole("link", { name: new RegExp(`^${label}( \\d+ tasks?.*)?$`) });

/** The list item of a task. */
export const taskRow = (page: Page, title: string) =>
  page
    .getByRole("main")
    .getByRole("listitem")
    .filter({ has: page.getByRole("button", { name: title, exact: true }) });

export const titles = (page: Page) => page.locator("[data-task-title]").allTextContents();

/** Sends a message once the answer before it has ended: until then the button stops that one, and Enter does nothing. */
export async function say(page: Page, text: string): Promise<void> {
  const box = page.getByRole("textbox", { name: "Message to the assistant" });
  await noDialog(page);
  await box.fill(text);
  await expect(page.getByRole("button", { name: "Send", exact: true })).toBeEnabled();
  await box.press("Enter");
}

/** Waits until no dialog is open: what is typed would go to it, or its end would take the focus away. */
async function noDialog(page: Page): Promise<void> {
  await expect(page.getByRole("dialog")).toHaveCount(0);
}

export const messages = (page: Page) => page.getByRole("log", { name: "Messages" });

/** What a notice with these words shows. */
export const notice = (page: Page, words: string) =>
  page.getByRole("alert").filter({ hasText: words });
