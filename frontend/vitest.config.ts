import { defineConfig } from "vitest/config";

export default defineConfig({
  resolve: { alias: { "@": import.meta.dirname } },
  test: {
    include: ["tests/**/*.test.ts"],
    // Machines that test are often busy, and the accounts' database starts as WebAssembly.
    testTimeout: 120_000,
    hookTimeout: 240_000,
    setupFiles: ["tests/cheap-hashes.ts"],
    maxWorkers: 2,
  },
});
