import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { NextConfig } from "next";

/** Parts of node_modules that a running server never loads. */
const UNUSED_AT_RUN_TIME = [
  "node_modules/@img/**",
  "node_modules/sharp/**",
  "node_modules/detect-libc/**",
  "node_modules/semver/**",
  "node_modules/typescript/**",
  // Measures of fonts, for next/font while it builds.
  "node_modules/next/dist/server/capsize-font-metrics.json",
];

/** A folder's files that can be sources, by name. Hidden ones, packages and what Next writes are none. */
function sourcesIn(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => !name.startsWith(".") && name !== "node_modules" && name !== "next-env.d.ts")
    .sort()
    .map((name) => join(folder, name))
    .flatMap((path) => (statSync(path).isDirectory() ? sourcesIn(path) : [path]));
}

/** A name for what the sources of a folder are. */
function contentId(root: string): string {
  const hash = createHash("sha256");
  for (const path of sourcesIn(root)) {
    const content = createHash("sha256").update(readFileSync(path)).digest("hex");
    hash.update(`${content} ${path.slice(root.length)}\n`);
  }
  return hash.digest("hex").slice(0, 20);
}

const config: NextConfig = {
  output: "standalone",
  // Next's own name is random, and would make each image another.
  generateBuildId: () => contentId(import.meta.dirname),
  // What lists that are kept on a device are read by; the sources are the same for each image, tests beside them or not.
  env: { READ_BY: contentId(join(import.meta.dirname, "lib")) },
  outputFileTracingRoot: import.meta.dirname,
  outputFileTracingExcludes: {
    "*": UNUSED_AT_RUN_TIME,
    "/**": UNUSED_AT_RUN_TIME,
    "next-server": UNUSED_AT_RUN_TIME,
  },
  images: { unoptimized: true },
  productionBrowserSourceMaps: false,
  poweredByHeader: false,
  reactStrictMode: true,
  // Types are a test of their own (`npm run typecheck`); a build of what passed it need not wait for another.
  typescript: { ignoreBuildErrors: true },
  // `next dev` writes no advice into the sources and asks nobody about upgrades.
  agentRules: false,
  experimental: {
    agentUpgrade: false,
    // With it, the names of chunks depend on what was built before.
    turbopackFileSystemCacheForBuild: false,
    optimizePackageImports: ["@mantine/core", "@mantine/hooks"],
  },
};

export default config;
