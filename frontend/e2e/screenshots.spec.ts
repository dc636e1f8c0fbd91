import { join } from "node:path";
import { day, expect, messages, newAccount, say, signUp, taskTitle, test, ZONE } from "./fixtures";

const FOLDER = join(import.meta.dirname, "../../docs/images");

const TASKS = [
  { title: "Send the invoice to Hamid", priority: "high", due_date: day(-1), tags: ["work"] },
  { title: "Pay the electricity bill", priority: "medium", due_date: day(0), tags: ["home"] },
  {
    title: "Review the release notes",
    description: "Check the upgrade steps against staging",
    due_date: day(0),
    due_time: "23:30",
    tags: ["work"],
  },
  { title: "Book the dentist", due_date: day(4), due_time: "09:00" },
  { title: "Plan Sara’s birthday", priority: "low", due_date: day(6), tags: ["family"] },
];

for (const colorScheme of ["light", "dark"] as const) {
  test.describe(colorScheme, () => {
    test.use({ colorScheme });

    test(`the app in ${colorScheme}`, async ({ page }) => {
      await signUp(page, newAccount());
      for (const task of TASKS) {
        const data = { time_zone: ZONE, ...task };
        expect((await page.request.post("/api/me/tasks", { data })).status()).toBe(201);
      }
      await page.goto("/app");
      await say(page, "Add a task to buy groceries tomorrow");
      await expect(taskTitle(page, "Buy groceries")).toBeVisible();
      await expect(page.getByRole("button", { name: "Send", exact: true })).toBeVisible();
      await say(page, "What’s due today?");
      await expect(messages(page)).toContainText("electricity");
      await expect(page.getByRole("button", { name: "Send", exact: true })).toBeVisible();
      await page.getByRole("textbox", { name: "Message to the assistant" }).blur();
      await page.mouse.move(0, 799);
      await page.screenshot({ path: join(FOLDER, `app-${colorScheme}.png`) });
    });
  });
}
