import { expect, PAGE, taskRow, test } from "./fixtures";

test.describe("as a line is typed", { tag: PAGE }, () => {
  test("what is understood is marked, and made", async ({ app }) => {
    const box = app.getByRole("combobox", { name: "Add a task" });
    const understood = app.getByRole("list", { name: "Understood" }).getByRole("listitem");
    await box.fill("pay rent tomorrow 5pm p1 #home");
    await expect(understood).toHaveText(["Tomorrow", "17:00", "High priority", "#home"]);
    await expect(app.locator("form mark")).toHaveText(["tomorrow", "5pm", "p1", "#home"]);

    const mark = (await app.locator("form mark").first().boundingBox())!;
    const field = (await box.boundingBox())!;
    expect(mark.x).toBeGreaterThan(field.x);
    expect(mark.y).toBeGreaterThan(field.y);

    await box.press("Enter");
    const row = taskRow(app, "Pay rent");
    for (const text of ["Tomorrow, 17:00", "High priority", "#home"]) {
      await expect(row).toContainText(text);
    }
    await expect(understood).toHaveCount(0);
  });

  test("each part can be left unread, by its button and by Backspace", async ({ app }) => {
    const box = app.getByRole("combobox", { name: "Add a task" });
    const understood = app.getByRole("list", { name: "Understood" }).getByRole("listitem");
    await box.fill("call the doctor sunday p2 #home");
    await expect(understood).toHaveCount(3);
    await app.getByRole("button", { name: "Do not read “sunday”" }).click();
    await expect(understood).toHaveText(["Medium priority", "#home"]);
    await box.press("End");
    await box.press("Backspace");
    await expect(box).toHaveValue("call the doctor sunday p2 #home");
    await expect(understood).toHaveText(["Medium priority"]);
    await box.pressSequentially(" please");
    await expect(understood).toHaveText(["Medium priority"]);
    await box.press("Enter");
    const row = taskRow(app, "Call the doctor sunday #home please");
    await expect(row).toContainText("Medium priority");
    await expect(row).not.toContainText("Sunday");
  });

  test("what cannot be followed is said", async ({ app }) => {
    await app.getByRole("combobox", { name: "Add a task" }).fill("water ferns every full moon");
    await expect(app.getByText("cannot be followed as a repetition")).toBeVisible();
  });
});
