import {
  expect,
  messages,
  newAccount,
  placeLink,
  quickAdd,
  say,
  taskRow,
  taskTitle,
  test,
  titles,
} from "./fixtures";

test("from signing up to a task that the chat has added", async ({ page }) => {
  await page.emulateMedia({ reducedMotion: "no-preference" });
  const account = newAccount();
  await page.goto("/");
  await page.getByRole("link", { name: "Create an account" }).click();
  await page.getByLabel("Name").fill(account.name);
  await page.getByLabel("Email").fill(account.email);
  await page.getByRole("textbox", { name: "Password" }).fill(account.password);
  await page.getByRole("button", { name: "Create account" }).click();
  await expect(page).toHaveURL(/\/app$/);

  await say(page, "add a task to buy groceries tomorrow");
  await expect(messages(page)).toContainText(/added.*buy groceries/i);
  const row = taskRow(page, "Buy groceries");
  await expect(row).toBeVisible();
  await expect(row).toContainText("Tomorrow");
  await expect(page.getByRole("region", { name: "Tomorrow" })).toContainText("Buy groceries");

  await page.reload();
  await expect(taskTitle(page, "Buy groceries")).toBeVisible();
});

test("the assistant completes what the list shows", async ({ app }) => {
  await quickAdd(app, "Pay bills", "Pay bills");
  await say(app, "Mark pay bills as complete");
  await expect(messages(app)).toContainText(/pay bills/i);
  await expect(taskTitle(app, "Pay bills")).toBeHidden();
  await placeLink(app, "Done").click();
  await expect(taskTitle(app, "Pay bills")).toBeVisible();
});

test("quick add reads the date, the time, the priority and the tags", async ({ app }) => {
  await quickAdd(app, "pay rent tomorrow 5pm p1 #home", "Pay rent");
  const row = taskRow(app, "Pay rent");
  await expect(row).toContainText("Tomorrow, 17:00");
  await expect(row).toContainText("High priority");
  await expect(row).toContainText("#home");
});

test("complete, and undo", async ({ app }) => {
  await quickAdd(app, "Water the plants", "Water the plants");
  await app.getByRole("checkbox", { name: "Complete “Water the plants”" }).click();
  await expect(taskTitle(app, "Water the plants")).toBeHidden();
  const notice = app.getByRole("alert").filter({ hasText: "Completed “Water the plants”" });
  await notice.getByRole("button", { name: "Undo" }).click();
  await expect(taskTitle(app, "Water the plants")).toBeVisible();
  await expect(
    app.getByRole("checkbox", { name: "Complete “Water the plants”" }),
  ).not.toBeChecked();
});

test("subtasks: added, checked, and asked about when the task is completed", async ({ app }) => {
  await quickAdd(app, "Groceries", "Groceries");
  await taskTitle(app, "Groceries").click();
  const dialog = app.getByRole("dialog", { name: "Edit task" });
  for (const title of ["Eggs", "Milk"]) {
    await dialog.getByLabel("Add a subtask").fill(title);
    await dialog.getByLabel("Add a subtask").press("Enter");
    await expect(dialog.getByLabel("Add a subtask")).toHaveValue("");
  }
  for (const title of ["Eggs", "Milk"])
    await expect(dialog.getByRole("checkbox", { name: title })).toBeVisible();
  await dialog.getByRole("checkbox", { name: "Eggs" }).click();
  await expect(dialog).toContainText("1/2");
  await dialog.getByRole("button", { name: "Cancel" }).click();
  await expect(taskRow(app, "Groceries")).toContainText("1/2");
  await quickAdd(app, "bread under groceries", "Bread");
  await expect(taskRow(app, "Groceries")).toContainText("1/3");

  const complete = app.getByRole("checkbox", { name: "Complete “Groceries”" });
  const question = app.getByRole("dialog", { name: "Some subtasks are open" });
  await complete.click();
  await question.getByRole("button", { name: "Cancel" }).click();
  await expect(complete).not.toBeChecked();
  await complete.click();
  await question.getByRole("button", { name: "Complete them, too" }).click();
  for (const title of ["Groceries", "Milk", "Bread"])
    await expect(taskTitle(app, title)).toBeHidden();
  const notice = app.getByRole("alert").filter({ hasText: "Completed “Groceries”" });
  await notice.getByRole("button", { name: "Undo" }).click();
  await expect(taskRow(app, "Groceries")).toContainText("1/3");
  await expect(taskTitle(app, "Milk")).toBeVisible();
});

test.describe("repetition", () => {
  test.use({ expectedConsoleErrors: /422/ }); // words that are no rule

  test("a task that repeats: added, completed, undone, skipped, changed", async ({ app }) => {
    await quickAdd(app, "water plants every week #home", "Water plants");
    const row = taskRow(app, "Water plants");
    await expect(row).toContainText("every week");
    await expect(row).toContainText("Today");

    const { items } = (await (await app.request.get("/api/me/tasks")).json()) as {
      items: { due_date: string }[];
    };
    const inDays = (days: number) =>
      new Date(Date.parse(items[0]!.due_date) + days * 86_400_000).toISOString().slice(0, 10);
    const due = async () => {
      const answer = await app.request.get("/api/me/tasks?status=pending");
      const found = (await answer.json()) as { items: { due_date: string }[] };
      return found.items.map((task) => task.due_date);
    };

    await app.getByRole("checkbox", { name: "Complete “Water plants”" }).click();
    await expect.poll(due).toEqual([inDays(7)]);
    const notice = app.getByRole("alert").filter({ hasText: "Completed “Water plants”" });
    await notice.getByRole("button", { name: "Undo" }).click();
    await expect.poll(due).toEqual([inDays(0)]);
    await expect(row).toContainText("Today");

    await row.hover();
    await app.getByRole("button", { name: "More for “Water plants”" }).click();
    await app.getByRole("menuitem", { name: "Skip this time" }).click();
    await expect.poll(due).toEqual([inDays(7)]);

    await taskTitle(app, "Water plants").click();
    const form = app.getByRole("dialog", { name: "Edit task" });
    await expect(form.getByLabel("Repeat", { exact: true })).toHaveValue("every week");
    await expect(form).toContainText("Then ");
    await form.getByLabel("Repeat", { exact: true }).fill("every 3 days after completion");
    await form.getByLabel("Repeat", { exact: true }).press("Tab");
    await form.getByRole("button", { name: "Save" }).click();
    await expect(form).toBeHidden();
    await expect(row).toContainText("every 3 days after completion");

    await taskTitle(app, "Water plants").click();
    await form.getByLabel("Repeat", { exact: true }).fill("every full moon");
    await form.getByRole("button", { name: "Save" }).click();
    await expect(form.getByRole("alert")).toContainText("is not understood");
    await form.getByLabel("Repeat", { exact: true }).fill("");
    await form.getByRole("button", { name: "Save" }).click();
    await expect(form).toBeHidden();
    await expect(row).not.toContainText("every");
  });
});

test("delete, and undo", async ({ app }) => {
  await quickAdd(app, "Call the bank", "Call the bank");
  await taskRow(app, "Call the bank").hover();
  await app.getByRole("button", { name: "More for “Call the bank”" }).click();
  await app.getByRole("menuitem", { name: "Delete" }).click();
  await expect(taskTitle(app, "Call the bank")).toBeHidden();
  const notice = app.getByRole("alert").filter({ hasText: "Deleted “Call the bank”" });
  await notice.getByRole("button", { name: "Undo" }).click();
  await expect(taskTitle(app, "Call the bank")).toBeVisible();
});

test.describe("by keys", () => {
  test.use({ expectedConsoleErrors: /status of 409/ });

  test("any change is undone and redone, also what the assistant made", async ({ app }) => {
    await quickAdd(app, "Draft", "Draft");
    await taskTitle(app, "Draft").click();
    const form = app.getByRole("dialog", { name: "Edit task" });
    await form.getByLabel("Title").fill("Report");
    await form.getByRole("button", { name: "Save" }).click();
    await expect(form).toBeHidden();
    const chat = await app.request.post("/api/me/chat", { data: { message: "delete report" } });
    expect(await chat.text()).toContain("Deleted");
    await app.reload();
    const shown = async (...titles: string[]) => {
      for (const title of ["Draft", "Report"])
        await expect(taskTitle(app, title)).toHaveCount(titles.includes(title) ? 1 : 0);
    };
    await expect(app.getByRole("heading", { name: "A clear list" })).toBeVisible();

    const steps = [["Report"], ["Draft"], []];
    for (const titles of steps) {
      await app.keyboard.press("Control+z");
      await shown(...titles);
    }
    await expect(app.getByText("Undone: deleted “Draft”")).toBeVisible();
    await app.keyboard.press("Control+z");
    await expect(app.getByText("Nothing was undone")).toBeVisible();
    for (const titles of [["Draft"], ["Report"], []]) {
      await app.keyboard.press("Control+Shift+z");
      await shown(...titles);
    }
  });
});

test("edit every field", async ({ app }) => {
  await quickAdd(app, "Draft", "Draft");
  await taskTitle(app, "Draft").click();
  const form = app.getByRole("dialog", { name: "Edit task" });
  await form.getByLabel("Title").fill("Write the report");
  await form.getByLabel("Notes").fill("With figures");
  await form.getByRole("textbox", { name: "Due date" }).fill("31 Dec 2099");
  await form.getByRole("textbox", { name: "Due date" }).press("Tab");
  await form.getByLabel("Time").fill("09:30");
  await form.getByText("Medium").click();
  await form.getByLabel("Tags").fill("work");
  await form.getByLabel("Tags").press("Enter");
  await form.getByRole("button", { name: "Save" }).click();
  await expect(form).toBeHidden();
  const row = taskRow(app, "Write the report");
  for (const text of ["With figures", "31 Dec 2099, 09:30", "Medium priority", "#work"]) {
    await expect(row).toContainText(text);
  }
  await app.reload();
  await expect(taskRow(app, "Write the report")).toContainText("31 Dec 2099, 09:30");
});

test("a new task by the full form", async ({ app }) => {
  await app.getByRole("combobox", { name: "Add a task" }).fill("Plan the trip");
  await app.getByRole("button", { name: "Add with all details" }).click();
  const form = app.getByRole("dialog", { name: "New task" });
  await expect(form.getByLabel("Title")).toHaveValue("Plan the trip");
  await form.getByText("High").click();
  await form.getByRole("button", { name: "Add task" }).click();
  await expect(taskRow(app, "Plan the trip")).toContainText("High priority");
});

test("filter, search and sort", async ({ app }) => {
  await quickAdd(app, "Buy milk today p3 #home", "Buy milk");
  await quickAdd(app, "Answer the letter tomorrow p1 #work", "Answer the letter");
  await quickAdd(app, "Clean the garage #home", "Clean the garage");
  await expect
    .poll(() => titles(app))
    .toEqual(["Buy milk", "Answer the letter", "Clean the garage"]);

  await placeLink(app, "Today").click();
  await expect.poll(() => titles(app)).toEqual(["Buy milk"]);
  await placeLink(app, "All").click();

  await app.getByRole("textbox", { name: "Search tasks" }).fill("lett");
  await expect.poll(() => titles(app)).toEqual(["Answer the letter"]);
  await app.getByRole("textbox", { name: "Search tasks" }).fill("nothing like it");
  await expect(
    app.getByRole("heading", { name: "Nothing found for “nothing like it”" }),
  ).toBeVisible();
  await app.getByRole("button", { name: "Show all tasks of this list" }).click();
  await expect.poll(() => titles(app)).toHaveLength(3);

  await app.getByRole("button", { name: /^Sort/ }).click();
  await app.getByRole("menuitem", { name: "Title" }).click();
  await expect
    .poll(() => titles(app))
    .toEqual(["Answer the letter", "Buy milk", "Clean the garage"]);
  await app.getByRole("button", { name: /^Sort/ }).click();
  await app.getByRole("menuitem", { name: "Priority" }).click();
  await expect
    .poll(() => titles(app))
    .toEqual(["Answer the letter", "Buy milk", "Clean the garage"]);
  await app.getByRole("button", { name: /^Sort/ }).click();
  await app.getByRole("menuitem", { name: "Newest first" }).click();
  await expect
    .poll(() => titles(app))
    .toEqual(["Clean the garage", "Answer the letter", "Buy milk"]);

  await app.getByRole("button", { name: "Filter" }).click();
  const filters = app.getByRole("dialog", { name: "Filter" });
  await filters.getByLabel("Tag").fill("home");
  await expect.poll(() => titles(app)).toEqual(["Clean the garage", "Buy milk"]);
  await filters.getByText("Low", { exact: true }).click();
  await expect.poll(() => titles(app)).toEqual(["Buy milk"]);
  await filters.getByRole("button", { name: "Clear all filters" }).click();
  await expect.poll(() => titles(app)).toHaveLength(3);
});

test("a long list arrives as one scrolls", async ({ app }) => {
  for (let start = 0; start < 120; start += 20) {
    await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        app.request.post("/api/me/tasks", { data: { title: `Task ${start + index}` } }),
      ),
    );
  }
  await app.reload();
  await expect.poll(() => app.locator("[data-task-title]").count()).toBeGreaterThanOrEqual(50);
  await expect(async () => {
    const last = app.locator("[data-task]").last(); // of those that are near what is in sight
    await last.scrollIntoViewIfNeeded();
    expect(await last.getAttribute("aria-posinset")).toBe("120");
  }).toPass();
});

test("a task from another time zone is edited at the time that the list shows", async ({ app }) => {
  const meet = {
    title: "Meet",
    due_date: "2099-05-05",
    due_time: "23:00",
    time_zone: "Europe/Berlin",
  };
  await app.request.post("/api/me/tasks", { data: meet });
  await app.reload();
  await expect(taskRow(app, "Meet")).toContainText("6 May 2099, 02:00");
  await taskTitle(app, "Meet").click();
  const form = app.getByRole("dialog", { name: "Edit task" });
  await expect(form.getByRole("textbox", { name: "Due date" })).toHaveValue("6 May 2099");
  await expect(form.getByLabel("Time")).toHaveValue("02:00");
  await form.getByLabel("Notes").fill("In the hall");
  await form.getByRole("button", { name: "Save" }).click();
  await expect(form).toBeHidden();
  await expect(taskRow(app, "Meet")).toContainText("In the hall");
  await expect(taskRow(app, "Meet")).toContainText("6 May 2099, 02:00");
  const { items } = (await (await app.request.get("/api/me/tasks")).json()) as { items: object[] };
  expect(items[0]).toMatchObject(meet);

  await taskTitle(app, "Meet").click();
  await form.getByLabel("Time").fill("03:30");
  await form.getByRole("button", { name: "Save" }).click();
  await expect(form).toBeHidden();
  await expect(taskRow(app, "Meet")).toContainText("6 May 2099, 03:30");
});
