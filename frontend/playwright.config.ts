import { defineConfig } from "@playwright/test";

/** Runs against whatever serves BASE_URL: local processes or a cluster. */
export default defineConfig({
  testDir: "e2e",
  testIgnore: "screenshots.spec.ts",
  outputDir: "test-results",
  // None of them changes what is another's.
  workers: Number(process.env.BROWSERS ?? 1),
  retries: 0,
  // For a machine that is ten times as slow as usual: what never happens still ends a test.
  timeout: 600_000,
  expect: { timeout: 100_000 },
  reporter: process.env.PLAYWRIGHT_JSON_OUTPUT_NAME ? [["list"], ["json"]] : [["list"]],
  use: {
    // What is not there ends a test as soon as what is not true does.
    actionTimeout: 100_000,
    navigationTimeout: 100_000,
    baseURL: process.env.BASE_URL ?? "http://localhost:30080",
    // Far from UTC, so that a server's idea of "today" shows.
    timezoneId: "Asia/Karachi",
    locale: "en-GB",
    viewport: { width: 1280, height: 800 },
    // Each frame of a motion is drawn by the processor. The test of the whole journey has them.
    contextOptions: { reducedMotion: "reduce" },
    // A profile that is emptied between tests has the scripts already, compiled: a new one for each takes half as much again.
    reuseContext: true,
    // Requests are answered by tests, and not by a worker in the page, but for those about the worker.
    serviceWorkers: "block",
    // A trace takes an eighth of the processor's time, and pictures more than the test: TRACE=1 has both.
    trace: process.env.TRACE ? "retain-on-failure" : "off",
    launchOptions: {
      executablePath: process.env.CHROMIUM_PATH || undefined,
      args: [
        "--no-sandbox",
        "--disable-gpu",
        // Fewer processes: one for the pages of a profile, and none for a graphics card that is not there.
        "--renderer-process-limit=1",
        "--in-process-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    },
  },
});
