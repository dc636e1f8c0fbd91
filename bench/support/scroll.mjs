/*
 * Scrolls a long list in a browser: node scroll.mjs ADDRESS TASKS ROUNDS [CHROMIUM]. Prints one JSON object a round: frames and
 * tasks of the browser's main thread in milliseconds, while it scrolls and at rest, and the most rows in the document.
 */
import { createRequire } from "node:module";

const { chromium } = createRequire(new URL("../../frontend/package.json", import.meta.url))(
  "@playwright/test",
);
const [baseURL, count, rounds, executablePath] = process.argv.slice(2);
const AT_ONCE = 2_000;
const STEP_PX = 200;
const REST_FRAMES = 300;

/** In the page: frames until the list's end is reached, or so many at rest. */
async function frames([stepPx, restFrames]) {
  const list = document.querySelector("main");
  const took = [];
  const blocking = [];
  const observer = new PerformanceObserver((seen) =>
    blocking.push(...seen.getEntries().map(({ duration }) => duration)),
  );
  observer.observe({ type: "longtask" });
  const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
  let rows = 0;
  for (let last = await frame(); ;) {
    const top = list.scrollTop;
    if (stepPx > 0) list.scrollBy(0, stepPx);
    if (stepPx > 0 ? list.scrollTop === top : took.length === restFrames) break;
    const now = await frame();
    took.push(now - last);
    last = now;
    rows = Math.max(rows, document.querySelectorAll("[data-task]").length);
  }
  observer.disconnect();
  took.sort((a, b) => a - b);
  return {
    frames: took.length,
    p50_ms: took[Math.floor(took.length / 2)],
    p99_ms: took[Math.floor(took.length * 0.99)],
    longest_ms: took.at(-1),
    over_50_ms: took.filter((ms) => ms > 50).length,
    long_tasks: blocking.length,
    longest_task_ms: Math.max(0, ...blocking),
    rows,
  };
}

const named = (prefix, figures) =>
  Object.fromEntries(Object.entries(figures).map(([name, value]) => [`${prefix} ${name}`, value]));

const browser = await chromium.launch({
  executablePath: executablePath || undefined,
  args: ["--no-sandbox"],
});
const page = await browser.newPage({ baseURL, viewport: { width: 1280, height: 800 } });
page.setDefaultTimeout(300_000);
const ask = async (path, data) => {
  const answer = await page.request.post(path, { data });
  if (!answer.ok()) throw new Error(`${path}: ${answer.status()} ${await answer.text()}`);
};
await ask("/api/auth/sign-up/email", {
  name: "Bench",
  email: `bench-${Date.now()}@example.com`,
  password: "a long enough password",
});
const at = new Date().toISOString();
const tasks = Array.from({ length: Number(count) }, (_, index) => ({
  id: index + 1,
  parent_id: null,
  title: `Task ${String(index).padStart(6, "0")}`,
  description: index % 7 === 0 ? "And a line about it" : "",
  priority: index % 5 === 0 ? "high" : "none",
  due_date: null,
  due_time: null,
  time_zone: null,
  tags: index % 4 === 0 ? ["home"] : [],
  recurrence: null,
  rank: String(count - index),
  created_at: at,
  updated_at: at,
  completed_at: null,
  deleted_at: null,
}));
for (let begin = 0; begin < tasks.length; begin += AT_ONCE) {
  await ask("/api/me/import", {
    format: "todo-stack",
    version: 1,
    tasks: tasks.slice(begin, begin + AT_ONCE),
  });
}
await page.goto("/app/all?sort=title");
const title = (name) => page.getByRole("main").getByRole("button", { name, exact: true });
await title(tasks[0].title).press("End");
await page.waitForFunction(
  (name) => document.activeElement.textContent === name,
  tasks.at(-1).title,
);
const seen = [];
for (let round = 0; round < Number(rounds); round++) {
  await page.keyboard.press("Home");
  await page.waitForFunction(() => document.querySelector("main").scrollTop < 500);
  await page.waitForTimeout(2_000);
  seen.push({
    ...named("at rest", await page.evaluate(frames, [0, REST_FRAMES])),
    ...named("scrolling", await page.evaluate(frames, [STEP_PX, 0])),
  });
}
await browser.close();
console.log(JSON.stringify(seen));
