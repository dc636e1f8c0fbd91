import { expect, messages, say, taskTitle, test } from "./fixtures";

/** What OpenAI's script does as far as the page can see: an element that reports when it is ready. */
const STAND_IN = `customElements.define("openai-chatkit", class extends HTMLElement {
  setOptions({ api }) { this.textContent = "ChatKit over " + api.url; }
  connectedCallback() { setTimeout(() => this.dispatchEvent(new CustomEvent("chatkit.ready")), 100); }
})`;
const SCRIPT = "https://cdn.platform.openai.com/**";

test.use({
  // The site under test need not allow the script; what is tested is what the page does with it.
  bypassCSP: true,
  expectedConsoleErrors: /Failed to load resource/,
});

test.beforeEach(async ({ page }) => {
  await page.route("**/ui-config", (route) =>
    route.fulfill({ json: { chatkit: { domainKey: "local-dev" } } }),
  );
});

test("ChatKit takes the place of our panel once it is ready", async ({ page, app }) => {
  await page.route(SCRIPT, (route) =>
    route.fulfill({ contentType: "text/javascript", body: STAND_IN }),
  );
  await app.reload();
  await expect(app.getByText("ChatKit over /chatkit")).toBeVisible();
  await expect(messages(app)).toBeHidden();
});

test("ChatKit shows the conversation of the address, and names it there", async ({ page, app }) => {
  const body = `customElements.define("openai-chatkit", class extends HTMLElement {
    setOptions({ initialThread }) { this.show(initialThread); }
    setThreadId(id) { this.change(id); return Promise.resolve(); }
    change(id) {
      this.show(id);
      this.dispatchEvent(new CustomEvent("chatkit.thread.change", { detail: { threadId: id } }));
    }
    show(id) { this.textContent = "Conversation " + id; }
    connectedCallback() { setTimeout(() => this.dispatchEvent(new CustomEvent("chatkit.ready")), 100); }
  })`;
  await page.route(SCRIPT, (route) => route.fulfill({ contentType: "text/javascript", body }));
  await app.goto("/app/all?chat=first");
  await expect(app.getByText("Conversation first")).toBeVisible();
  await app.evaluate(() =>
    (
      document.querySelector("openai-chatkit") as unknown as { change: (id: string) => void }
    ).change("second"),
  );
  await expect(app).toHaveURL(/\/app\/all\?chat=second$/);
  await expect(app.getByText("Conversation second")).toBeVisible();
  await app.evaluate(() => {
    history.pushState(null, "", "?chat=third");
    dispatchEvent(new PopStateEvent("popstate"));
  });
  await expect(app.getByText("Conversation third")).toBeVisible();
});

test("our panel stays when the script cannot be had", async ({ page, app }) => {
  await page.route(SCRIPT, (route) => route.abort());
  await app.reload();
  await say(app, "add a task to buy groceries tomorrow");
  await expect(taskTitle(app, "Buy groceries")).toBeVisible();
});

test("what is typed stays when ChatKit loads but does not get ready", async ({ page, app }) => {
  const body = `customElements.define("openai-chatkit", class extends HTMLElement { setOptions() {} })`;
  await page.route(SCRIPT, (route) => route.fulfill({ contentType: "text/javascript", body }));
  await app.reload();
  await expect(app.locator("openai-chatkit")).toBeAttached();
  const composer = app.getByRole("textbox", { name: "Message to the assistant" });
  await composer.click();
  await app.keyboard.type("hello");
  await expect(composer).toBeFocused();
  await expect(composer).toHaveValue("hello");
});
