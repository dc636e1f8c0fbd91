// Completes `next build`: .next/standalone becomes a folder that runs by itself with `node server.js`.
import { createHash } from "node:crypto";
import { cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "..");
const target = join(root, ".next/standalone");

// Next leaves these two out for a CDN to serve; here the server does.
cpSync(join(root, ".next/static"), join(target, ".next/static"), { recursive: true });
if (existsSync(join(root, "public"))) {
  cpSync(join(root, "public"), join(target, "public"), { recursive: true });
}

/** The Content-Security-Policy sources of the inline scripts in a page. */
function inlineScriptHashes(html) {
  const scripts = [...html.matchAll(/<script(?![^>]*\ssrc=)[^>]*>([\s\S]*?)<\/script>/g)];
  const hashes = scripts.map(([, code]) => createHash("sha256").update(code).digest("base64"));
  return [...new Set(hashes)].map((hash) => `'sha256-${hash}'`);
}

const pages = join(target, ".next/server/app");
const hashes = {};
for (const file of readdirSync(pages).filter((name) => name.endsWith(".html"))) {
  const page = file === "index.html" ? "/" : `/${file.slice(0, -".html".length)}`;
  hashes[page] = inlineScriptHashes(readFileSync(join(pages, file), "utf8"));
}
writeFileSync(join(target, "csp-hashes.json"), JSON.stringify(hashes));
