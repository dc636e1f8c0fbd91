// The tasks' page of somebody who is signed in, opened when the standard input ends, while the backend is unreachable: prints what
// it says, and the task once that is there.
import { createRequire } from "node:module";

const { ADDRESS, COOKIE, CHROMIUM_PATH, PLAYWRIGHT } = process.env;
const { chromium } = createRequire(import.meta.url)(PLAYWRIGHT);

const browser = await chromium.launch({ executablePath: CHROMIUM_PATH, args: ["--no-sandbox", "--disable-gpu"] });
process.once("SIGTERM", () => browser.close().finally(() => process.exit()));
try {
  const context = await browser.newContext();
  const cookies = COOKIE.split("; ").map((one) => one.split(/=(.*)/s));
  await context.addCookies(cookies.map(([name, value]) => ({ name, value, url: ADDRESS })));
  const page = await context.newPage();
  page.setDefaultTimeout(300_000);
  await new Promise((resolve) => process.stdin.once("end", resolve).resume());
  await page.goto(`${ADDRESS}/app`);
  for (const text of ["The task service is starting…", "Still here"]) {
    try {
      await page.getByText(text).first().waitFor();
    } catch (problem) {
      console.error(page.url(), await page.locator("body").innerText());
      throw problem;
    }
    console.log(text);
  }
} finally {
  await browser.close();
}
