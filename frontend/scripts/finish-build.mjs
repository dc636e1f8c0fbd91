// Completes `next build`: .next/standalone becomes a folder that runs by itself with `node server.js`.
import { createHash } from "node:crypto";
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "..");
const target = join(root, ".next/standalone");

if (existsSync(join(target, "next.config.ts"))) {
  throw new Error(
    "Next took the sources along, for a file's path that it cannot follow: mark that with /* turbopackIgnore: true */",
  );
}

// Next leaves these two out for a CDN to serve; here the server does.
cpSync(join(root, ".next/static"), join(target, ".next/static"), { recursive: true });
if (existsSync(join(root, "public"))) {
  cpSync(join(root, "public"), join(target, "public"), { recursive: true });
}

// The command that judges the settings, as it runs from the sources.
for (const file of ["check.mjs", "lib/settings.mjs"]) cpSync(join(root, file), join(target, file));

// Next makes random keys at each build. Nothing here uses them, and a key that everybody can read in the image protects
// nothing: none is kept. `false` equals no header and no cookie, so draft mode and revalidation on demand stay shut.
const server = join(target, ".next/server");

function rewriteJson(file, change) {
  const content = JSON.parse(readFileSync(file, "utf8"));
  change(content);
  writeFileSync(file, JSON.stringify(content));
}

function shut(preview) {
  for (const key of ["previewModeId", "previewModeSigningKey", "previewModeEncryptionKey"]) {
    if (!(key in preview)) throw new Error(`Next no longer keeps ${key} here`);
    preview[key] = false;
  }
}

rewriteJson(join(target, ".next/prerender-manifest.json"), ({ preview }) => shut(preview));
rewriteJson(join(server, "preview-props.json"), shut);

const actions = readFileSync(join(server, "server-reference-manifest.json"), "utf8");
const { node, edge, encryptionKey } = JSON.parse(actions);
if (!encryptionKey) throw new Error("Next no longer keeps encryptionKey here");
if (Object.keys({ ...node, ...edge }).length > 0) {
  throw new Error(
    "Server actions need a secret key at run time (NEXT_SERVER_ACTIONS_ENCRYPTION_KEY): not prepared for.",
  );
}
for (const name of ["server-reference-manifest.json", "server-reference-manifest.js"]) {
  const file = join(server, name);
  const content = readFileSync(file, "utf8");
  if (!content.includes(encryptionKey)) throw new Error(`Next no longer keeps its key in ${name}`);
  writeFileSync(file, content.replaceAll(encryptionKey, ""));
}

// Source maps that the server writes for itself are empty.
for (const name of readdirSync(target, { recursive: true })) {
  if (name.endsWith(".map")) rmSync(join(target, name));
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
