import { defineConfig } from "vitest/config";

export default defineConfig({
  resolve: { alias: { "@": import.meta.dirname } },
  test: {
    include: ["tests/**/*.test.ts"],
    // Machines that test are often busy.
    testTimeout: 120_000,
    hookTimeout: 240_000,
    globalSetup: ["tests/one-postgres.ts"],
    // A process for each file would load the same packages again.
    isolate: false,
    setupFiles: ["tests/fresh-modules.ts", "tests/cheap-hashes.ts"],
    maxWorkers: 2,
  },
});
