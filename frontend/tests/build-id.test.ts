import { expect, it } from "vitest";
import config from "../next.config";

it("a build is named by its content, not by chance", async () => {
  const name = await config.generateBuildId?.();
  expect(name).toMatch(/^[0-9a-f]{20}$/);
  expect(await config.generateBuildId?.()).toBe(name);
});
