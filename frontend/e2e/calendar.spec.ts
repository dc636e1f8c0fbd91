import type { Page } from "@playwright/test";
import { expectNoViolations } from "./axe";
import {
  day,
  expect,
  newAccount,
  PAGE,
  PHONE,
  placeLink,
  quickAdd,
  signUp,
  taskTitle,
  test,
  ZONE,
} from "./fixtures";

/** Far from today, so that what is overdue or this month is known: 1 December 2099 is a Tuesday. */
const MONTH = "2099-12";
const CALENDAR = `/app/all?view=calendar&month=${MONTH}`;
const EIGHTH = "Tuesday 8 December 2099";

/** A page of somebody with these tasks, at an address. */
async function openAt(page: Page, path: string, ...tasks: object[]): Promise<void> {
  await signUp(page, newAccount());
  for (const data of tasks) {
    const answer = await page.request.post("/api/me/tasks", { data });
    expect(answer.status()).toBe(201);
  }
  await page.goto(path);
}

/** What a day is called, with how many tasks it may have; browsers differ in whether a comma follows the weekday. */
const named = (day: string, count = "(, \\d+ tasks?)?") =>
  new RegExp(`^${day.replace(" ", ",? ")}${count}$`);
const month = (page: Page, name: string) => page.getByRole("grid", { name, exact: true });
const view = (page: Page, name: "List" | "Calendar") =>
  page.getByRole("group", { name: "View" }).getByRole("button", { name });
const dayButton = (page: Page, name: string) =>
  page.getByRole("grid").getByRole("button", { name: named(name) });
const cell = (page: Page, name: string) =>
  page.getByRole("gridcell").filter({ has: page.getByRole("button", { name: named(name) }) });
/** Its number, above its tasks. */
const NUMBER = { position: { x: 14, y: 14 } };
/** The list of the chosen day. */
const chosenDay = (page: Page, name: string) => page.getByRole("region", { name: named(name, "") });

test("the view and the month are in the address, through reload and back", async ({ page }) => {
  await openAt(page, "/app/all", { title: "Soon" });
  await expect(taskTitle(page, "Soon")).toBeVisible();
  await view(page, "Calendar").click();
  await expect(page).toHaveURL(/\/app\/all\?view=calendar$/);
  await expect(view(page, "Calendar")).toHaveAttribute("aria-pressed", "true");
  await expect(page.locator("[aria-current=date]")).toHaveCount(1);
  const name = await page.getByRole("main").getByRole("heading", { level: 2 }).first().innerText();
  await page.getByRole("button", { name: "Next month" }).click();
  await expect(month(page, name)).toBeHidden();
  await expect(page).toHaveURL(/\?view=calendar&month=\d{4}-\d\d$/);
  const there = page.url();
  await page.reload();
  await expect(page.getByRole("grid")).toBeVisible();
  await expect(month(page, name)).toBeHidden();
  expect(page.url()).toBe(there);

  await placeLink(page, "Today").click();
  await expect(page.getByRole("grid")).toBeHidden();
  await page.goBack();
  await expect(page.getByRole("grid")).toBeVisible();
  expect(page.url()).toBe(there);
  await page.getByRole("button", { name: "Today", exact: true }).click();
  await expect(month(page, name)).toBeVisible();
  await expect(page).toHaveURL(/\/app\/all\?view=calendar$/);
  await page.goBack(); // not through each month
  await expect(taskTitle(page, "Soon")).toBeVisible();
});

test("each day has its tasks; one that has more shows them below", async ({ page }) => {
  const due_date = "2099-12-08";
  await openAt(
    page,
    `${CALENDAR}&status=all`,
    { title: "Early", due_date, due_time: "06:30", time_zone: ZONE },
    ...["B", "C", "D"].map((title) => ({ title, due_date })),
    { title: "Next year", due_date: "2100-01-02" },
    { title: "Out of sight", due_date: "2100-01-20" },
    { title: "Whenever" },
  );
  await expect(dayButton(page, EIGHTH)).toHaveAccessibleName(named(EIGHTH, ", 4 tasks"));
  await expect(cell(page, EIGHTH)).toContainText("06:30 Early");
  await expect(cell(page, "Saturday 2 January 2100")).toContainText("Next year");
  await expect(page.getByText("Out of sight")).toBeHidden();
  await expect(page.getByText("Whenever")).toBeHidden();

  await cell(page, EIGHTH).getByRole("button", { name: "+2 more" }).click();
  const list = chosenDay(page, EIGHTH);
  await expect(list.getByRole("heading")).toBeFocused();
  await expect(list.getByRole("listitem")).toHaveCount(4);
  await list.getByRole("checkbox", { name: "Complete “Early”" }).click();
  await expect(cell(page, EIGHTH).getByRole("button", { name: "Early" })).toHaveCSS(
    "text-decoration-line",
    "line-through",
  );
});

test("a task is opened from its day, and one is added to the chosen day", async ({
  page,
  context,
}) => {
  await openAt(page, CALENDAR, { title: "Review", due_date: "2099-12-08" });
  await cell(page, EIGHTH).getByRole("button", { name: "Review" }).click();
  const edit = page.getByRole("dialog", { name: "Edit task" });
  await expect(edit.getByLabel("Title")).toHaveValue("Review");
  await page.keyboard.press("Escape");
  await expect(edit).toBeHidden();

  await dayButton(page, EIGHTH).click(NUMBER);
  const line = page.getByRole("combobox", { name: "Add a task" });
  await expect(line).toHaveAttribute("placeholder", "Add a task for 8 December");
  await line.fill("pay rent p1");
  await line.press("Enter");
  await expect(dayButton(page, EIGHTH)).toHaveAccessibleName(named(EIGHTH, ", 2 tasks"));
  await chosenDay(page, EIGHTH).getByRole("button", { name: "Add a task" }).click();
  const form = page.getByRole("dialog", { name: "New task" });
  await expect(form.getByRole("textbox", { name: "Due date" })).toHaveValue("8 Dec 2099");
  await form.getByLabel("Title").fill("Ask Sara");
  await form.getByRole("button", { name: "Add task" }).click();
  await expect(chosenDay(page, EIGHTH).getByRole("listitem")).toHaveCount(3);

  // What changes elsewhere is seen here.
  const other = await context.newPage();
  await other.goto("/app/all");
  await quickAdd(other, "call 8 december 2099", "Call");
  await expect(dayButton(page, EIGHTH)).toHaveAccessibleName(named(EIGHTH, ", 4 tasks"));
});

test("days and months are chosen by keys", { tag: PAGE }, async ({ page }) => {
  await openAt(page, CALENDAR, { title: "Review", due_date: "2099-12-08" });
  await expect(dayButton(page, EIGHTH)).toHaveAccessibleName(named(EIGHTH, ", 1 task"));
  await dayButton(page, "Tuesday 1 December 2099").focus();
  for (const [key, day] of [
    ["ArrowDown", EIGHTH],
    ["ArrowRight", "Wednesday 9 December 2099"],
    ["Home", "Monday 7 December 2099"],
    ["End", "Sunday 13 December 2099"],
    ["ArrowUp", "Sunday 6 December 2099"],
    ["PageDown", "Wednesday 6 January 2100"],
    ["PageUp", "Sunday 6 December 2099"],
    ["ArrowLeft", "Saturday 5 December 2099"],
  ] as const) {
    await page.keyboard.press(key);
    await expect(dayButton(page, day)).toBeFocused();
    await expect(cell(page, day)).toHaveAttribute("aria-selected", "true");
    await expect(chosenDay(page, day)).toBeVisible();
  }
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("ArrowLeft");
  await page.keyboard.press("ArrowUp"); // over the edge of the month
  await expect(month(page, "November 2099")).toBeVisible();
  await expect(dayButton(page, "Friday 20 November 2099")).toBeFocused();

  await page.keyboard.press("PageDown");
  await dayButton(page, EIGHTH).click(NUMBER);
  await page.keyboard.press("Tab"); // the day's own tasks come after it, and no other's
  await expect(cell(page, EIGHTH).getByRole("button", { name: "Review" })).toBeFocused();
  await page.keyboard.press("Tab");
  await expect(chosenDay(page, EIGHTH).getByRole("button", { name: "Add a task" })).toBeFocused();
});

test("the way to another month leads to a day of it", { tag: PAGE }, async ({ page }) => {
  await openAt(page, `${CALENDAR}&status=all`);
  await dayButton(page, "Thursday 31 December 2099").click(NUMBER);
  const line = page.getByRole("combobox", { name: "Add a task" });
  await page.getByRole("button", { name: "Next month" }).click();
  await page.getByRole("button", { name: "Next month" }).click();
  await expect(month(page, "February 2100")).toBeVisible();
  await expect(line).toHaveAttribute("placeholder", "Add a task for 28 February");
  await expect(chosenDay(page, "Sunday 28 February 2100")).toBeVisible();
  await page.goto("/app/all?view=calendar");
  await expect(page.locator("[aria-current=date]")).toHaveCount(1);
  await page.getByRole("button", { name: "Next month" }).click();
  await page.locator("td:not([data-outside]) [data-day$='-09']").click(NUMBER);
  await page.getByRole("button", { name: "Previous month" }).click();
  await expect(
    page.getByRole("gridcell", { selected: true }).locator("[aria-current=date]"),
  ).toHaveCount(1);
});

test("a place keeps its own tasks, filters and days", { tag: PAGE }, async ({ page }) => {
  await openAt(
    page,
    `/app/tags/home?view=calendar&month=${MONTH}`,
    { title: "Rake", due_date: "2099-12-08", tags: ["home"] },
    { title: "Paint", due_date: "2099-12-08", tags: ["home"], priority: "high" },
    { title: "Report", due_date: "2099-12-08", tags: ["work"] },
  );
  await expect(dayButton(page, EIGHTH)).toHaveAccessibleName(named(EIGHTH, ", 2 tasks"));
  await page.getByRole("textbox", { name: "Search tasks" }).fill("rak");
  await expect(dayButton(page, EIGHTH)).toHaveAccessibleName(named(EIGHTH, ", 1 task"));
  await expect(page).toHaveURL(/\/app\/tags\/home\?q=rak&view=calendar&month=2099-12$/);
  await view(page, "List").click();
  await expect(page).toHaveURL(/\/app\/tags\/home\?q=rak$/);
  await expect(taskTitle(page, "Rake")).toBeVisible();
  await page.goto("/app/done?view=calendar");
  await expect(page.getByRole("grid")).toBeVisible();
  await expect(page.getByRole("button", { name: "Add a task", exact: true })).toBeHidden();
});

test.describe("for readers whose weeks begin on Sunday", () => {
  test.use({ locale: "en-US" });

  test("the weeks do, and times are theirs", { tag: PAGE }, async ({ page }) => {
    const due = { due_date: "2099-12-08", due_time: "17:00", time_zone: ZONE };
    await openAt(page, CALENDAR, { title: "Pay rent", ...due });
    await expect(page.getByRole("columnheader").first()).toHaveText("Sun");
    await expect(page.getByRole("gridcell").first()).toContainText("29");
    await expect(page.getByRole("button", { name: "5:00 PM Pay rent" })).toContainText("5p ");
  });
});

for (const colorScheme of ["light", "dark"] as const) {
  test.describe(`in ${colorScheme}`, () => {
    test.use({ colorScheme });

    test("the calendar is accessible", { tag: PAGE }, async ({ page }) => {
      const today = { due_date: day(0), time_zone: ZONE };
      await openAt(
        page,
        "/app/all?view=calendar&status=all",
        { title: "Late", due_time: "00:00", ...today },
        { title: "Now", ...today },
      );
      const grid = page.getByRole("grid");
      await expect(grid.getByRole("button", { name: "Late" })).toBeVisible();
      await page.getByRole("checkbox", { name: "Complete “Now”" }).click();
      await expect(grid.getByRole("button", { name: "Now" })).toHaveCSS(
        "text-decoration-line",
        "line-through",
      );
      await expectNoViolations(page, "main");
    });

    test.describe("on a phone", () => {
      test.use(PHONE);

      test("days have dots, and the chosen one its list", { tag: PAGE }, async ({ page }) => {
        await openAt(page, CALENDAR, { title: "Review", due_date: "2099-12-08" });
        await expect(dayButton(page, EIGHTH)).toHaveAccessibleName(named(EIGHTH, ", 1 task"));
        await expect(page.getByText("Review")).toBeHidden();
        await dayButton(page, EIGHTH).tap();
        await expect(chosenDay(page, EIGHTH).getByText("Review")).toBeVisible();
        for (const control of [dayButton(page, EIGHTH), view(page, "List")]) {
          const box = (await control.boundingBox())!;
          expect(box.height).toBeGreaterThanOrEqual(44);
          expect(box.width).toBeGreaterThanOrEqual(44);
        }
        const { scrollWidth, clientWidth } = await page.evaluate(() => document.documentElement);
        expect(scrollWidth).toBe(clientWidth);
        await expectNoViolations(page);
      });
    });
  });
}
