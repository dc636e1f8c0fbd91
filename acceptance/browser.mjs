// A person's first minute, told as one line of JSON: {"saw": [...], "error": "..."}.
import { createRequire } from "node:module";

const { ADDRESS, EMAIL, PASSWORD, CHROMIUM_PATH, PICTURE, PLAYWRIGHT, STEP_MS } = process.env;
const { chromium } = createRequire(import.meta.url)(PLAYWRIGHT);
const ARGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
const TASK = "Buy groceries";

const saw = [];
let error;
const browser = await chromium.launch({ executablePath: CHROMIUM_PATH, args: ARGS });
const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
page.setDefaultTimeout(Number(STEP_MS));
let served;
page.on("response", (answer) => {
  served = answer.headers()["x-served-by"] ?? served;
});
try {
  const answer = await page.goto(ADDRESS);
  saw.push(`${ADDRESS} answers ${answer.status()}: ${await page.title()}`);
  await page.getByRole("link", { name: "Create an account" }).click();
  await page.getByLabel("Name").fill(EMAIL.split("@")[0]);
  await page.getByLabel("Email").fill(EMAIL);
  await page.getByRole("textbox", { name: "Password" }).fill(PASSWORD);
  await page.getByRole("button", { name: "Create account" }).click();
  await page.waitForURL(/\/app$/);
  saw.push("signed up, and the app opened");
  const box = page.getByRole("textbox", { name: "Message to the assistant" });
  await box.fill(`add a task to ${TASK.toLowerCase()} tomorrow`);
  await box.press("Enter");
  await page.getByRole("region", { name: "Tomorrow" }).getByText(TASK).first().waitFor();
  saw.push(`the chat was asked for a task, and the list shows “${TASK}” for tomorrow`);
  saw.push(`the backend pod that answered last: ${served}`);
  if (!served) error = "no answer named a backend pod";
} catch (problem) {
  error = String(problem.message ?? problem).split("\n")[0];
} finally {
  await page.screenshot({ path: PICTURE }).catch(() => undefined);
  await browser.close();
}
console.log(JSON.stringify({ saw, error }));
