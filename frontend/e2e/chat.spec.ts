import type { Route } from "@playwright/test";
import { expect, messages, say, taskTitle, test } from "./fixtures";

/** An answer made of protocol events. */
const stream = (route: Route, events: object[]) =>
  route.fulfill({
    contentType: "text/event-stream",
    body: events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join(""),
  });

const item = (id: string, type: string, text: string) => ({
  type,
  id,
  thread_id: "t1",
  created_at: "2030-01-01T00:00:00Z",
  content: [{ type: type === "user_message" ? "input_text" : "output_text", text }],
});
const thread = { id: "t1", created_at: "2030-01-01T00:00:00Z", status: { type: "active" } };

test("a suggestion begins a conversation, which history opens, renames and deletes", async ({
  app,
}) => {
  await app.getByRole("button", { name: "Add a task to buy groceries tomorrow" }).click();
  await expect(taskTitle(app, "Buy groceries")).toBeVisible();
  await expect(messages(app)).toContainText(/added.*buy groceries/i);

  await app.getByRole("button", { name: "New conversation" }).click();
  await expect(app.getByRole("heading", { name: "What needs doing?" })).toBeVisible();

  await app.reload();
  await app.getByRole("button", { name: "All conversations" }).click();
  const conversations = app.getByRole("list", { name: "Conversations" });
  await conversations
    .getByRole("button", { name: /groceries/i })
    .first()
    .click();
  await expect(messages(app)).toContainText(/added.*buy groceries/i);

  await say(app, "Show me all my tasks");
  await expect(messages(app)).toContainText(/Show me all my tasks.*Buy groceries/s);

  await app.getByRole("button", { name: "All conversations" }).click();
  await conversations.getByRole("button", { name: /^Rename/ }).click();
  await app.getByRole("textbox", { name: "Name of the conversation" }).fill("Shopping");
  await app.keyboard.press("Enter");
  await expect(conversations.getByRole("button", { name: "Shopping", exact: true })).toBeVisible();

  await conversations.getByRole("button", { name: "Delete “Shopping”" }).click();
  await app.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await expect(app.getByText("What you talk about is kept here.")).toBeVisible();
});

test.describe("when answers do not come", () => {
  test.use({ expectedConsoleErrors: /Failed to load resource|ERR_/ });

  test("stop, and try again", async ({ app }) => {
    let held: Route | null = null;
    await app.route("**/chatkit", (route) => {
      held = route;
    });
    await say(app, "add a task to call mom");
    await app.getByRole("button", { name: "Stop" }).click();
    await expect(app.getByText("You stopped the answer.")).toBeVisible();
    await app.unroute("**/chatkit");
    await (held as Route | null)?.abort().catch(() => undefined);
    await app.getByRole("button", { name: "Try again" }).click();
    await expect(taskTitle(app, "Call mom")).toBeVisible();
    await expect(app.getByText("You stopped the answer.")).toBeHidden();
  });

  test("an error that the assistant reports can be read and retried", async ({ app }) => {
    const requests: string[] = [];
    await app.route("**/chatkit", async (route) => {
      const { type } = route.request().postDataJSON() as { type: string };
      if (!["threads.create", "threads.retry_after_item"].includes(type)) return route.abort();
      requests.push(type);
      return requests.length === 1
        ? stream(route, [
            { type: "thread.created", thread },
            { type: "thread.item.done", item: item("u1", "user_message", "hello") },
            { type: "a.kind.of.tomorrow" },
            { type: "error", code: "custom", message: "The model is busy.", allow_retry: true },
          ])
        : stream(route, [
            { type: "progress_update", text: "Looking" },
            {
              type: "thread.item.done",
              item: item("a1", "assistant_message", "**Hello** yourself"),
            },
          ]);
    });
    await say(app, "hello");
    await expect(app.getByText("The model is busy.")).toBeVisible();
    await app.getByRole("button", { name: "Try again" }).click();
    await expect(messages(app).getByText("Hello", { exact: true })).toHaveCSS("font-weight", "700");
    await expect(app.getByText("The model is busy.")).toBeHidden();
    expect(requests).toEqual(["threads.create", "threads.retry_after_item"]);
  });

  test("text from a model is never markup", async ({ app }) => {
    const text =
      '<img src=x onerror="document.title=1"> [go](javascript:alert(1)) ![x](http://evil.example/x)';
    await app.route("**/chatkit", (route) =>
      stream(route, [
        { type: "thread.created", thread },
        { type: "thread.item.done", item: item("a1", "assistant_message", text) },
      ]),
    );
    await say(app, "hello");
    await expect(messages(app).getByText("go")).toBeVisible();
    await expect(messages(app).locator("img")).toHaveCount(0);
    expect(await messages(app).getByText("go").getAttribute("href")).toBeFalsy();
  });
});
