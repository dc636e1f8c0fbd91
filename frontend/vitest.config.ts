import { defineConfig } from "vitest/config";

export default defineConfig({
  resolve: { alias: { "@": import.meta.dirname } },
  test: {
    include: ["tests/**/*.test.ts"],
    // Machines that test are often busy.
    testTimeout: 120_000,
    hookTimeout: 240_000,
    globalSetup: ["tests/one-postgres.ts"],
    setupFiles: ["tests/cheap-hashes.ts"],
    maxWorkers: 2,
  },
});
