import { expect, it } from "vitest";
import { deviceName } from "@/lib/user-agent";

const CHROME = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0";
const IOS = "AppleWebKit/605.1.15 (KHTML, like Gecko)";

it.each([
  ["Firefox on Linux", "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"],
  ["Chrome on Windows", `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${CHROME} Safari/537.36`],
  ["Edge on Windows", `Mozilla/5.0 (Windows NT 10.0) ${CHROME} Safari/537.36 Edg/142.0.0.0`],
  ["Opera on a Mac", `Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15) ${CHROME} OPR/125.0.0.0`],
  ["Chrome on Android", `Mozilla/5.0 (Linux; Android 10; K) ${CHROME} Mobile Safari/537.36`],
  ["Samsung Internet on Android", `Mozilla/5.0 (Linux; Android 10) SamsungBrowser/29.0 ${CHROME}`],
  ["Safari on a Mac", `Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15) ${IOS} Version/26 Safari/605`],
  [
    "Safari on an iPhone",
    `Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) ${IOS} Safari/604.1`,
  ],
  [
    "Chrome on an iPad",
    `Mozilla/5.0 (iPad; CPU OS 18_7 like Mac OS X) ${IOS} CriOS/142 Safari/604`,
  ],
  ["Chrome on ChromeOS", `Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) ${CHROME} Safari/537.36`],
  ["Chrome on Linux", "Mozilla/5.0 (X11; Linux x86_64) HeadlessChrome/142.0.0.0 Safari/537.36"],
  ["A program", "curl/8.5.0"],
  ["A program", ""],
  ["A program", null],
])("%s", (name, userAgent) => {
  expect(deviceName(userAgent)).toBe(name);
});
