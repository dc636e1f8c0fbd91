import { expect, forget, newAccount, PAGE, signUp, taskTitle, test } from "./fixtures";

test.describe("what is being written", { tag: PAGE }, () => {
  test("survives a reload until it is sent", async ({ app }) => {
    const line = app.getByRole("combobox", { name: "Add a task" });
    const message = app.getByRole("textbox", { name: "Message to the assistant" });
    const understood = app.getByRole("list", { name: "Understood" }).getByRole("listitem");
    await line.fill("call the doctor sunday p2 #home");
    await app.getByRole("button", { name: "Do not read “sunday”" }).click();
    await message.fill("What is due\ntoday?");
    await app.reload();
    await expect(line).toHaveValue("call the doctor sunday p2 #home");
    await expect(message).toHaveValue("What is due\ntoday?");
    await expect(understood).toHaveText(["Medium priority", "#home"]);

    await line.press("Enter");
    await expect(taskTitle(app, "Call the doctor sunday")).toBeVisible();
    await message.press("Enter");
    await expect(message).toHaveValue("");
    await app.reload();
    await expect(taskTitle(app, "Call the doctor sunday")).toBeVisible();
    await expect(line).toHaveValue("");
    await expect(message).toHaveValue("");
  });

  test("is not shown to who signs in next", async ({ app }) => {
    const message = app.getByRole("textbox", { name: "Message to the assistant" });
    await app.getByRole("combobox", { name: "Add a task" }).fill("a surprise for Bob");
    await message.fill("Bob must not know");
    await forget(app);
    await signUp(app, newAccount("Bob"));
    await app.goto("/app");
    await expect(app.getByRole("heading", { name: "A clear list" })).toBeVisible();
    await expect(app.getByRole("combobox", { name: "Add a task" })).toHaveValue("");
    await expect(message).toHaveValue("");
    await expect
      .poll(() => app.evaluate(() => JSON.stringify(sessionStorage)))
      .not.toContain("Bob");
  });
});
