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

const SECURITY_HEADERS = [
  { key: "X-Content-Type-Options", value: "nosniff" },
  { key: "X-Frame-Options", value: "DENY" },
  { key: "Referrer-Policy", value: "strict-origin-when-cross-origin" },
  { key: "Permissions-Policy", value: "camera=(), geolocation=(), payment=(), usb=()" },
];

const config: NextConfig = {
  output: "standalone",
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
  experimental: {
    optimizePackageImports: ["@mantine/core", "@mantine/hooks", "@tabler/icons-react"],
  },
  headers: async () => [{ source: "/:path*", headers: SECURITY_HEADERS }],
};

export default config;
