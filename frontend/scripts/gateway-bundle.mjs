// How the gateway becomes one file of JavaScript: with its packages, but for Next.js, which stays a package beside it.
import { join } from "node:path";

const root = join(import.meta.dirname, "..");

/**
 * The options of rolldown for a bundle of `entry`, a file of `gateway/`, written to `file`.
 * @param {string} entry
 * @param {string} file
 * @returns {import("rolldown").BuildOptions}
 */
export function gatewayBundle(entry, file) {
  return {
    cwd: root,
    input: join("gateway", entry),
    platform: "node",
    // Optional parts of `pg` and of Better Auth's database layer, for runtimes that are not this one.
    external: ["next", "pg-native", "pg-cloudflare", "bun:sqlite"],
    logLevel: "warn",
    output: {
      file,
      format: "esm",
      codeSplitting: false,
      minify: { compress: true, mangle: false },
    },
  };
}
