import type { Page, Route } from "@playwright/test";
import { expectNoViolations } from "./axe";
import { expect, isSpentOn, messages, PAGE, say, taskTitle, test } from "./fixtures";

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
  const name = app.getByRole("textbox", { name: "Name of the conversation" });
  await name.fill("Shopping");
  expect(await isSpentOn(name, "Enter")).toBe(true);
  await expect(conversations.getByRole("button", { name: "Shopping", exact: true })).toBeVisible();

  await conversations.getByRole("button", { name: "Delete “Shopping”" }).click();
  await app.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await expect(app.getByText("What you talk about is kept here.")).toBeVisible();
});

test(
  "the page asks for conversations when it opens, so that the server is ready for the first message",
  {
    tag: PAGE,
  },
  async ({ app }) => {
    const asked = app.waitForRequest(
      (request) =>
        request.url().endsWith("/chatkit") && !!request.postData()?.includes("threads.list"),
    );
    await app.reload();
    await asked;
  },
);

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

  test("a double click on Send does not stop", async ({ app }) => {
    let release = () => {};
    const released = new Promise<void>((resolve) => (release = resolve));
    await app.route("**/chatkit", async (route) => {
      await released;
      await route.continue();
    });
    await app.getByRole("textbox", { name: "Message to the assistant" }).fill("add a task to run");
    await app.getByRole("button", { name: "Send" }).dblclick();
    await expect(app.getByRole("button", { name: "Stop" })).toBeVisible();
    release();
    await expect(taskTitle(app, "Run")).toBeVisible();
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

/** Opens a conversation that is named after what it was begun with. */
async function openFromHistory(app: Page, name: string): Promise<void> {
  await app.getByRole("button", { name: "All conversations" }).click();
  await app
    .getByRole("list", { name: "Conversations" })
    .getByRole("button", { name: new RegExp(`^(?!Rename|Delete).*${name}`, "i") })
    .click();
}

/** Two conversations, about milk and about mom, the second one shown. */
async function begin(app: Page): Promise<void> {
  await say(app, "add a task to buy milk");
  await expect(messages(app)).toContainText(/added.*buy milk/i);
  await app.getByRole("button", { name: "New conversation" }).click();
  await say(app, "add a task to call mom");
  await expect(messages(app)).toContainText(/added.*call mom/i);
}

/** Holds requests of one type back until the function that it answers is called. */
async function hold(app: Page, type: string): Promise<() => void> {
  let go = () => {};
  const given = new Promise<void>((resolve) => (go = resolve));
  await app.route("**/chatkit", async (route) => {
    if ((route.request().postDataJSON() as { type: string }).type === type) await given;
    await route.continue();
  });
  return () => go();
}

const composer = (app: Page) => app.getByRole("textbox", { name: "Message to the assistant" });

test.describe("between conversations", () => {
  test.use({ expectedConsoleErrors: /status of 502/ });

  test("one that cannot be opened gets no message", async ({ app }) => {
    await begin(app);
    await app.route("**/chatkit", (route) =>
      (route.request().postDataJSON() as { type: string }).type === "items.list"
        ? route.fulfill({ status: 502, json: { detail: "Not reachable." } })
        : route.continue(),
    );
    await openFromHistory(app, "milk");
    await expect(app.getByText("The conversation could not be opened")).toBeVisible();
    await composer(app).fill("for which one?");
    await expect(app.getByRole("button", { name: "Send", exact: true })).toBeDisabled();
    await app.goBack();
    await expect(messages(app)).toContainText(/added.*call mom/i);
    await say(app, "Show me all my tasks");
    await expect(messages(app)).toContainText(/Show me all my tasks.*The assistant said/s);
    await app.unroute("**/chatkit");
    await app.reload();
    await openFromHistory(app, "mom");
    await expect(messages(app)).toContainText("Show me all my tasks");
  });

  test("the one that is shown keeps its answer under way", async ({ app }) => {
    await begin(app);
    const go = await hold(app, "threads.add_user_message");
    await say(app, "Show me all my tasks");
    await openFromHistory(app, "mom");
    await expect(messages(app)).toContainText("Show me all my tasks");
    go();
    await expect(messages(app)).toContainText(/Show me all my tasks.*The assistant said/s);
  });

  test(
    "an answer that is on its way while the page is opened shows once it is there",
    {
      tag: PAGE,
    },
    async ({ app }) => {
      await say(app, "add a task to run");
      await expect(messages(app)).toContainText(/added.*run/i);
      let underWay = true;
      await app.route("**/chatkit", async (route) => {
        const { type } = route.request().postDataJSON() as { type: string };
        if (!underWay || !["threads.get_by_id", "items.list"].includes(type))
          return route.continue();
        const response = await route.fetch();
        const json = (await response.json()) as { data?: { type: string }[] };
        return route.fulfill({
          response,
          json:
            type === "items.list"
              ? { ...json, data: json.data?.filter((one) => one.type === "user_message") }
              : { ...json, metadata: { answering: true } },
        });
      });
      await app.reload();
      await openFromHistory(app, "run");
      await expect(messages(app).getByRole("status")).toHaveText("Thinking…");
      await expect(messages(app)).not.toContainText(/added/i);
      underWay = false;
      await expect(messages(app)).toContainText(/added.*run/i);
      await expect(messages(app).getByRole("status")).toBeHidden();
    },
  );

  test("an answer shows that ends after one has been elsewhere", async ({ app }) => {
    await begin(app);
    const go = await hold(app, "threads.add_user_message");
    await say(app, "Show me all my tasks");
    await openFromHistory(app, "milk");
    await expect(messages(app)).toContainText(/buy milk/i);
    await openFromHistory(app, "mom");
    await expect(messages(app)).toContainText(/call mom/i);
    go();
    await expect(messages(app)).toContainText(/Show me all my tasks.*The assistant said/s);
  });

  test("what is half written stays, and a new one is there to be written in", async ({ app }) => {
    await composer(app).fill("half a message");
    await app.getByRole("button", { name: "All conversations" }).click();
    await app.getByRole("heading", { name: "Conversations" }).press("c");
    await expect(composer(app)).toBeFocused();
    await expect(composer(app)).toHaveValue("half a message");
    await app.getByRole("button", { name: "All conversations" }).click();
    await app.getByRole("button", { name: "New conversation" }).click();
    await expect(composer(app)).toBeFocused();
  });

  test("the oldest of many can be reached", async ({ app }) => {
    for (let n = 0; n < 52; n++) {
      const data = { message: `add a task to do thing ${n}` };
      expect((await app.request.post("/api/me/chat", { data })).status()).toBe(200);
    }
    await app.getByRole("button", { name: "All conversations" }).click();
    const rename = app.getByRole("button", { name: /^Rename/ });
    await expect(rename).toHaveCount(50);
    await app.getByRole("button", { name: "Show older conversations" }).click();
    await expect(rename).toHaveCount(52);
    await expect(app.getByRole("button", { name: "Show older conversations" })).toBeHidden();
  });
});

test("what one says comes into sight", async ({ app }) => {
  for (const title of ["One", "Two", "Three", "Four", "Five", "Six"])
    await app.request.post("/api/me/tasks", { data: { title } });
  for (let said = 1; said <= 4; said++) {
    await say(app, "Show me all my tasks");
    await expect(messages(app).getByText("The assistant said:")).toHaveCount(said);
    await expect(app.getByRole("button", { name: "Send", exact: true })).toBeVisible();
  }
  await messages(app).evaluate((element) => element.scrollTo(0, 0));
  await expect(messages(app).getByText("Show me all my tasks").first()).toBeInViewport();
  await say(app, "What have I completed?");
  await expect(messages(app).getByText("What have I completed?")).toBeInViewport();
});

test("the keys of an input method are its own", async ({ app }) => {
  await begin(app);
  await composer(app).fill("half");
  await composer(app).dispatchEvent("keydown", { key: "Enter", isComposing: true });
  // Safari ends a composition before it sends the key that did it.
  await composer(app).dispatchEvent("keydown", { key: "Enter", keyCode: 229 });
  await expect(composer(app)).toHaveValue("half");
  await app.getByRole("button", { name: "All conversations" }).click();
  await app.getByRole("button", { name: /^Rename.*mom/ }).click();
  const name = app.getByRole("textbox", { name: "Name of the conversation" });
  await name.dispatchEvent("keydown", { key: "Enter", isComposing: true });
  await expect(name).toBeFocused();
});

/** A stand-in for what recognises speech: the test says what it hears. */
function standInForSpeech(): void {
  class Recognition {
    onresult: (event: object) => void = () => {};
    onerror: (event: object) => void = () => {};
    onend = () => {};
    start() {
      Object.assign(window, { heard: this });
    }
    hear(...words: string[]) {
      this.onresult({ results: words.map((transcript) => [{ transcript }]) });
    }
    fail(error: string) {
      this.onerror({ error });
      this.onend();
    }
    stop() {
      this.onend();
    }
    abort() {
      this.fail("aborted");
    }
  }
  Object.assign(window, { SpeechRecognition: Recognition });
}

interface Heard {
  heard: { hear: (...words: string[]) => void; fail: (error: string) => void; stop: () => void };
}

test.describe("voice input", { tag: PAGE }, () => {
  const hear = (app: Page, ...words: string[]) =>
    app.evaluate((words) => (window as unknown as Heard).heard.hear(...words), words);
  const fail = (app: Page, error: string) =>
    app.evaluate((error) => (window as unknown as Heard).heard.fail(error), error);
  const button = (app: Page) => app.getByRole("button", { name: "Voice input" });
  const composer = (app: Page) => app.getByRole("textbox", { name: "Message to the assistant" });

  test.beforeEach(async ({ app }) => {
    await app.addInitScript(standInForSpeech);
    await app.reload();
  });

  test("puts what is said into the field, for the person to send", async ({ app }) => {
    await composer(app).fill("please");
    await button(app).click();
    await expect(button(app)).toHaveAttribute("aria-pressed", "true");
    await hear(app, "add a");
    await expect(composer(app)).toHaveValue("please add a");
    await hear(app, "add a task", " to buy milk");
    await expect(composer(app)).toHaveValue("please add a task to buy milk");
    await expectNoViolations(app, "section[aria-label=Chat]");
    await app.evaluate(() => (window as unknown as Heard).heard.stop());
    await expect(button(app)).toHaveAttribute("aria-pressed", "false");
    await expect(composer(app)).toBeFocused();
    await expect(messages(app)).not.toContainText("You said");
    await composer(app).press("Enter");
    await expect(taskTitle(app, "Buy milk")).toBeVisible();
  });

  test("ends by the button, by Escape, and by typing", async ({ app }) => {
    await button(app).click();
    await hear(app, "milk");
    await button(app).click();
    await expect(button(app)).toHaveAttribute("aria-pressed", "false");
    await expect(composer(app)).toHaveValue("milk");

    await button(app).click();
    await hear(app, "and eggs");
    await button(app).press("Escape");
    await expect(button(app)).toHaveAttribute("aria-pressed", "false");
    await expect(composer(app)).toHaveValue("milk and eggs");

    await button(app).click();
    await composer(app).press("End");
    await composer(app).pressSequentially("!");
    await expect(button(app)).toHaveAttribute("aria-pressed", "false");
    await hear(app, "too late");
    await expect(composer(app)).toHaveValue("milk and eggs!");
  });

  test("says why it ended", async ({ app }) => {
    for (const [error, words] of [
      ["not-allowed", "does not let the page use the microphone"],
      ["no-speech", "Nothing was heard."],
      ["network", "could not reach what recognises speech"],
    ] as const) {
      await button(app).click();
      await fail(app, error);
      await expect(app.getByText(words)).toBeVisible();
      await expect(button(app)).toHaveAttribute("aria-pressed", "false");
    }
  });

  test("is not there where the browser has none", async ({ app }) => {
    await app.addInitScript(() => {
      delete (window as { SpeechRecognition?: unknown }).SpeechRecognition;
      delete (window as { webkitSpeechRecognition?: unknown }).webkitSpeechRecognition;
    });
    await app.reload();
    await expect(composer(app)).toBeVisible();
    await expect(button(app)).toHaveCount(0);
  });
});
