import { expect, quickAdd, taskTitle, test } from "./fixtures";

test.use({ expectedConsoleErrors: /status of (502|503)|Failed to load resource/ });

const problem = (status: number) => ({
  status,
  contentType: "application/problem+json",
  body: JSON.stringify({ type: "about:blank", title: "x", status, detail: "Not reachable." }),
});

test("a page that is there before the service says so, and goes on by itself", async ({ app }) => {
  await quickAdd(app, "Still here", "Still here");
  await app.route("**/api/me/tasks?**", (route) => route.fulfill(problem(502)));
  await app.reload();
  await expect(app.getByText("The task service is starting…")).toBeVisible();
  await app.unroute("**/api/me/tasks?**");
  await expect(taskTitle(app, "Still here")).toBeVisible({ timeout: 5_000 });
});

test("a list that is there stays while the service restarts", async ({ app }) => {
  await quickAdd(app, "Stay in sight", "Stay in sight");
  await app.route("**/api/me/tasks?**", (route) => route.fulfill(problem(503)));
  await app.getByRole("textbox", { name: "Add a task" }).fill("Another");
  await app.keyboard.press("Enter");
  await expect(app.getByText("Reconnecting to the task service…")).toBeVisible();
  await expect(taskTitle(app, "Stay in sight")).toBeVisible();
  await app.unroute("**/api/me/tasks?**");
  await expect(taskTitle(app, "Another")).toBeVisible({ timeout: 5_000 });
  await expect(app.getByText("Reconnecting to the task service…")).toBeHidden();
});

test("a change that the server refuses is taken back and explained", async ({ app }) => {
  await quickAdd(app, "Do not lose me", "Do not lose me");
  await app.route("**/api/me/tasks/*", (route) =>
    route.request().method() === "DELETE" ? route.fulfill(problem(502)) : route.continue(),
  );
  await taskTitle(app, "Do not lose me").focus();
  await app.keyboard.press("Delete");
  await expect(app.getByText("The task was not deleted")).toBeVisible();
  await expect(taskTitle(app, "Do not lose me")).toBeVisible();
});

test("a task that could not be added stays in the field", async ({ app }) => {
  await app.route("**/quick-add", (route) => route.fulfill(problem(502)));
  const field = app.getByRole("textbox", { name: "Add a task" });
  await field.fill("Typed with care");
  await app.keyboard.press("Enter");
  await expect(app.getByText("The task was not added")).toBeVisible();
  await expect(field).toHaveValue("Typed with care");
});
