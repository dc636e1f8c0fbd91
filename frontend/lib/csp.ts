import { readFileSync } from "node:fs";
import { join } from "node:path";

/** Written by scripts/finish-build.mjs: the hashes of each page's inline scripts. */
const HASHES_FILE = "csp-hashes.json";
/** What every address without a page of its own shows. */
const NOT_FOUND = "/_not-found";
const CHATKIT = "https://cdn.platform.openai.com";

let hashes: Record<string, string[]> | undefined;

function inlineScripts(page: string): string[] {
  // In development pages are not built ahead, and React needs eval for its error overlays.
  if (process.env.NODE_ENV !== "production") return ["'unsafe-inline'", "'unsafe-eval'"];
  hashes ??= JSON.parse(readFileSync(join(process.cwd(), HASHES_FILE), "utf8")) as Record<
    string,
    string[]
  >;
  return hashes[page] ?? hashes[NOT_FOUND] ?? [];
}

/**
 * The policy of one page. Pages are built ahead, so their inline scripts are known and allowed by
 * hash; styles are inline because components position themselves by style attributes.
 */
export function contentSecurityPolicy(page: string, chatkit: boolean): string {
  const extra = chatkit ? [CHATKIT] : [];
  const policy: Record<string, string[]> = {
    "default-src": ["'self'"],
    "script-src": ["'self'", ...inlineScripts(page), ...extra],
    "style-src": ["'self'", "'unsafe-inline'"],
    "img-src": ["'self'", "data:"],
    "font-src": ["'self'"],
    "connect-src": ["'self'", ...extra],
    "frame-src": chatkit ? extra : ["'none'"],
    "worker-src": ["'self'"],
    "object-src": ["'none'"],
    "base-uri": ["'self'"],
    "form-action": ["'self'"],
    "frame-ancestors": ["'none'"],
  };
  return Object.entries(policy)
    .map(([name, values]) => `${name} ${values.join(" ")}`)
    .join("; ");
}
