import type { Page, Route } from "@playwright/test";
import {
  expect,
  newAccount,
  notice,
  placeLink,
  quickAdd,
  signUp,
  taskTitle,
  test,
} from "./fixtures";

test.use({ expectedConsoleErrors: /status of (502|503|504)|Failed to load resource/ });

const problem = (status: number) => ({
  status,
  contentType: "application/problem+json",
  body: JSON.stringify({ type: "about:blank", title: "x", status, detail: "Not reachable." }),
});

/** Something that one part of a test waits for until another gives it. */
function signal() {
  let give = () => {};
  const given = new Promise<void>((resolve) => (give = resolve));
  return { give: () => give(), given };
}

/** Adds a subtask in the form of a task, which is refused when the test says so. */
async function addEggs(app: Page) {
  await quickAdd(app, "Groceries", "Groceries");
  await taskTitle(app, "Groceries").click();
  const form = app.getByRole("dialog", { name: "Edit task" });
  const field = form.getByRole("textbox", { name: "Add a subtask" });
  const { give: refuse, given } = signal();
  const answer = async (route: Route) => {
    if (route.request().method() !== "POST") return route.fallback();
    await given;
    await route.fulfill({ status: 422, json: { detail: "Not today." } });
  };
  await app.route("**/api/*/tasks", answer, { times: 1 });
  await field.fill("Eggs");
  await field.press("Enter");
  return { form, field, refuse };
}

test("a page that is there before the service says so, and goes on by itself", async ({ app }) => {
  await quickAdd(app, "Still here", "Still here");
  await app.route("**/api/me/tasks?**", (route) => route.fulfill(problem(502)));
  await app.reload();
  await expect(app.getByText("The task service is starting…")).toBeVisible();
  await app.unroute("**/api/me/tasks?**");
  await expect(taskTitle(app, "Still here")).toBeVisible();
});

test("a list that is there stays while the service restarts", async ({ app }) => {
  await quickAdd(app, "Stay in sight", "Stay in sight");
  await app.route("**/api/me/tasks?**", (route) => route.fulfill(problem(503)));
  await app.getByRole("combobox", { name: "Add a task" }).fill("Another");
  await app.keyboard.press("Enter");
  await expect(app.getByText("Reconnecting to the task service…")).toBeVisible();
  await expect(taskTitle(app, "Stay in sight")).toBeVisible();
  await app.unroute("**/api/me/tasks?**");
  await expect(taskTitle(app, "Another")).toBeVisible();
  await expect(app.getByText("Reconnecting to the task service…")).toBeHidden();
});

test("a browser that takes itself for offline shows what this machine serves", async ({ app }) => {
  await app.evaluate(() => window.dispatchEvent(new Event("offline")));
  await quickAdd(app, "No network needed", "No network needed");
  await placeLink(app, "Today").click();
  await expect(app.getByText("Nothing left for today")).toBeVisible();
});

test("a task added before the first list has arrived is shown", async ({ page }) => {
  await signUp(page, newAccount());
  const listed = signal();
  const added = signal();
  await page.route("**/api/me/tasks?**", async (route) => {
    const response = await route.fetch();
    listed.give();
    await added.given;
    await route.fulfill({ response }).catch(() => undefined); // nobody waits for it any more
  });
  await page.goto("/app");
  await listed.given;
  await expect(page.locator(".mantine-Skeleton-root").first()).toBeVisible();
  // Who wants no motion is shown none while waiting, nor a flicker in its place.
  await expect.poll(() => page.evaluate(() => document.getAnimations().length)).toBe(0);
  const answered = page.waitForResponse("**/quick-add");
  await page.getByRole("combobox", { name: "Add a task" }).fill("Quicker than the list");
  await page.keyboard.press("Enter");
  await answered;
  added.give();
  await expect(taskTitle(page, "Quicker than the list")).toBeVisible();
  await page.unrouteAll({ behavior: "ignoreErrors" }); // a list may be on its way still
});

test("a change that the server refuses is taken back and explained", async ({ app }) => {
  await quickAdd(app, "Do not lose me", "Do not lose me");
  await app.route("**/api/*/tasks/*", (route) =>
    route.request().method() === "DELETE" ? route.fulfill(problem(502)) : route.continue(),
  );
  await taskTitle(app, "Do not lose me").focus();
  await app.keyboard.press("Delete");
  await expect(app.getByText("The task was not deleted")).toBeVisible();
  await expect(taskTitle(app, "Do not lose me")).toBeVisible();
});

test("a refused change takes back itself alone", async ({ app }) => {
  await quickAdd(app, "Refused", "Refused");
  await quickAdd(app, "Under way", "Under way");
  const begun = signal();
  const seen = signal();
  let deletions = 0;
  await app.route("**/api/*/tasks/*", async (route) => {
    if (route.request().method() !== "DELETE") return route.continue();
    if (++deletions === 1) {
      await begun.given;
      return route.fulfill(problem(403));
    }
    begun.give();
    await seen.given;
    await route.continue();
  });
  for (const title of ["Refused", "Under way"]) {
    await taskTitle(app, title).focus();
    await app.keyboard.press("Delete");
  }
  await expect(app.getByText("The task was not deleted")).toBeVisible();
  await expect(taskTitle(app, "Refused")).toBeVisible();
  await expect(taskTitle(app, "Under way")).toBeHidden();
  seen.give();
  await expect(app.getByText("Deleted “Under way”")).toBeVisible();
  await expect(taskTitle(app, "Under way")).toBeHidden();
});

test("a task whose answers were lost is made once, and again by nobody", async ({ app }) => {
  let sent = 0;
  const LOST = 3; // the first try and both repetitions of the page
  await app.route("**/quick-add", async (route) => {
    if (++sent > LOST) return route.continue();
    expect((await route.fetch()).status()).toBe(201);
    await route.fulfill(problem(504));
  });
  await app.getByRole("combobox", { name: "Add a task" }).fill("Only once");
  await app.keyboard.press("Enter");
  await expect(app.getByText("The task was not added")).toBeVisible();
  // Whoever sends the same again means the same task.
  await app.keyboard.press("Enter");
  await expect(taskTitle(app, "Only once")).toHaveCount(1);
  expect(sent).toBe(LOST + 1);
  const { items } = await (await app.request.get("/api/me/tasks")).json();
  expect(items).toHaveLength(1);
});

test("a task that could not be added stays in the field", async ({ app }) => {
  await app.route("**/quick-add", (route) => route.fulfill(problem(502)));
  const field = app.getByRole("combobox", { name: "Add a task" });
  await field.fill("Typed with care");
  await app.keyboard.press("Enter");
  await expect(app.getByText("The task was not added")).toBeVisible();
  await expect(field).toHaveValue("Typed with care");
});

test("signing in while accounts are unreachable is explained, and works once they are back", async ({
  page,
}) => {
  const account = newAccount();
  await signUp(page, account);
  await page.context().clearCookies();
  await page.route("**/api/auth/sign-in/email", (route) => route.fulfill(problem(503)));
  await page.goto("/sign-in");
  await page.getByLabel("Email").fill(account.email);
  await page.getByRole("textbox", { name: "Password" }).fill(account.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByText("Accounts are not reachable at the moment")).toBeVisible();
  await page.unroute("**/api/auth/sign-in/email");
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page).toHaveURL(/\/app$/);
});

test.describe("on a slow network", () => {
  /** Holds requests back until the function that it answers is called. */
  async function hold(app: Page, path: string | RegExp, times?: number): Promise<() => void> {
    const { give, given } = signal();
    const later = async (route: Route) => {
      await given;
      await route.continue().catch(() => undefined); // nobody waits for it any more
    };
    await app.route(path, later, { times });
    return give;
  }

  /** More tasks than a page of the list holds, which is shown. */
  async function fillList(app: Page): Promise<void> {
    for (let start = 0; start < 60; start += 20) {
      await Promise.all(
        Array.from({ length: 20 }, (_, index) =>
          app.request.post("/api/me/tasks", { data: { title: `Task ${start + index}` } }),
        ),
      );
    }
    await app.reload();
    await expect(app.locator("[data-task-title]")).toHaveCount(50);
  }

  test("what is typed while a task is added stays, and so does the focus", async ({ app }) => {
    const go = await hold(app, "**/quick-add");
    const field = app.getByRole("combobox", { name: "Add a task" });
    await field.fill("first");
    await app.keyboard.press("Enter");
    await field.fill("second");
    const composer = app.getByRole("textbox", { name: "Message to the assistant" });
    await composer.focus();
    go();
    await expect(taskTitle(app, "First")).toBeVisible();
    await expect(field).toHaveValue("second");
    await expect(composer).toBeFocused();
  });

  test("lines entered one after the other are added in their order", async ({ app }) => {
    const go = await hold(app, "**/quick-add", 1);
    const field = app.getByRole("combobox", { name: "Add a task" });
    for (const text of ["first", "second", "third"]) {
      await field.fill(text);
      await app.keyboard.press("Enter");
      await expect(field).toHaveValue("");
    }
    go();
    for (const title of ["First", "Second", "Third"])
      await expect(taskTitle(app, title)).toBeVisible();
    const { items } = await (await app.request.get("/api/me/tasks?order=asc")).json();
    expect(items.map(({ title }: { title: string }) => title)).toEqual([
      "First",
      "Second",
      "Third",
    ]);
  });

  test("a line that is refused while the next is typed comes back after it", async ({ app }) => {
    let isHeld = true;
    const { give, given } = signal();
    await app.route("**/quick-add", async (route) => {
      if (!isHeld) return route.continue();
      await given;
      await route.fulfill(problem(502));
    });
    const field = app.getByRole("combobox", { name: "Add a task" });
    await field.fill("first");
    await app.keyboard.press("Enter");
    await field.fill("second");
    give();
    await expect(app.getByText("A task could not be added")).toBeVisible();
    await expect(field).toHaveValue("second");
    isHeld = false;
    await app.keyboard.press("Enter");
    await expect(taskTitle(app, "Second")).toBeVisible();
    await expect(field).toHaveValue("first");
    await app.keyboard.press("Enter");
    await expect(taskTitle(app, "First")).toBeVisible();
    await expect(field).toHaveValue("");
  });

  test("a subtask that is refused while the next is typed comes back after it", async ({ app }) => {
    const { form, field, refuse } = await addEggs(app);
    await field.fill("Milk");
    refuse();
    await expect(form.getByText("Not today.")).toBeVisible();
    await expect(field).toHaveValue("Milk");
    await field.press("Enter");
    await expect(form.getByRole("checkbox", { name: "Milk" })).toBeVisible();
    await expect(field).toHaveValue("Eggs");
    await field.press("Enter");
    await expect(form.getByRole("checkbox", { name: "Eggs" })).toBeVisible();
  });

  test("a subtask that is refused after its form was closed is named in a notice", async ({
    app,
  }) => {
    const { form, field, refuse } = await addEggs(app);
    await expect(field).toHaveValue("");
    await app.keyboard.press("Escape");
    await expect(form).toBeHidden();
    refuse();
    await expect(notice(app, "“Eggs” was not added to “Groceries”")).toContainText("Not today.");
  });

  test("an example is added once", async ({ app }) => {
    const go = await hold(app, "**/quick-add");
    const example = app.getByRole("button", { name: "Buy milk tomorrow" });
    await example.click();
    await expect(example).toBeDisabled();
    go();
    await expect(taskTitle(app, "Buy milk")).toHaveCount(1);
  });

  test("a next page that cannot be had is asked for in measure", async ({ app }) => {
    await fillList(app);
    let asked = 0;
    await app.route("**/api/me/tasks?**cursor=**", (route) => {
      asked++;
      return route.abort();
    });
    await app.locator("[data-task-title]").last().scrollIntoViewIfNeeded();
    await expect.poll(() => asked).toBeGreaterThan(0);
    await app.waitForTimeout(3_000);
    expect(asked).toBeLessThanOrEqual(3);
    await app.unroute("**/api/me/tasks?**cursor=**");
    await expect(app.locator("[data-task-title]")).toHaveCount(60);
  });

  test("scrolling on does not keep a new task out of sight", async ({ app }) => {
    await fillList(app);
    const go = await hold(app, /\/api\/me\/tasks\?(?!.*cursor)/);
    const asked = app.waitForRequest(/\/api\/me\/tasks\?/);
    await app.getByRole("combobox", { name: "Add a task" }).fill("New today");
    await app.keyboard.press("Enter");
    await asked;
    await app.locator("[data-task-title]").last().scrollIntoViewIfNeeded();
    await app.waitForTimeout(500);
    go();
    await expect(taskTitle(app, "New")).toBeVisible();
    await expect(app.locator("[data-task-title]")).toHaveCount(61);
  });

  test("the last of two quick changes holds", async ({ app }) => {
    await quickAdd(app, "Water the plants", "Water the plants");
    const go = await hold(app, "**/complete", 1);
    await app.getByRole("checkbox", { name: "Complete “Water the plants”" }).click();
    let answers = 0;
    app.on("response", (response) => {
      if (response.url().endsWith("/complete")) answers++;
    });
    const reopen = app.getByRole("checkbox", { name: "Open “Water the plants” again" });
    await reopen.click();
    await app.waitForTimeout(500);
    go();
    await expect.poll(() => answers).toBe(2);
    const { items } = (await (await app.request.get("/api/me/tasks")).json()) as {
      items: { title: string }[];
    };
    expect(items.map(({ title }) => title)).toEqual(["Water the plants"]);
  });

  test("what is ticked stays ticked while another change is confirmed", async ({ app }) => {
    await quickAdd(app, "One", "One");
    await quickAdd(app, "Two", "Two");
    const first = app.waitForResponse("**/complete");
    await app.getByRole("checkbox", { name: "Complete “One”" }).click();
    await first;
    const go = await hold(app, "**/complete");
    await app.getByRole("checkbox", { name: "Complete “Two”" }).click();
    await app.waitForTimeout(2_000); // longer than a completed task stays in the list
    await expect(app.getByRole("checkbox", { name: "Open “Two” again" })).toBeVisible();
    go();
    await expect(taskTitle(app, "Two")).toBeHidden();
    await expect(taskTitle(app, "One")).toBeHidden();
  });
});
