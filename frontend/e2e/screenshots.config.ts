import base from "../playwright.config";

/** Makes the README's pictures: npm run screenshots. */
const config = {
  ...base,
  testDir: ".",
  outputDir: "../test-results",
  testIgnore: [],
  testMatch: "screenshots.spec.ts",
};

export default config;
