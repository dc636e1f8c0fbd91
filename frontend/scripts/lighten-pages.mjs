// After `next build`: the pages of `app/(visitor)` get `visitor/main.ts` as their one script, in place of Next's and React's.
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { build } from "rolldown";
import { withOwnScript } from "./own-script.mjs";

const root = join(import.meta.dirname, "..");

const { output } = await build({
  cwd: root,
  input: "visitor/main.ts",
  platform: "browser",
  logLevel: "warn",
  write: false,
  output: { format: "iife", minify: true },
});
const { code } = output[0];
const hash = createHash("sha256").update(code).digest("base64url").slice(0, 16);
const file = `static/visitor/${hash}.js`;
mkdirSync(join(root, ".next/static/visitor"), { recursive: true });
writeFileSync(join(root, ".next", file), code);

// A folder in parentheses is no part of an address.
const pages = readdirSync(join(root, "app/(visitor)"), { recursive: true, encoding: "utf8" })
  .filter((path) => basename(path) === "page.tsx")
  .map((path) => dirname(path).replace(/\([^)]*\)\/?/g, ""))
  .map((path) => (path === "." ? "index" : path));
for (const page of pages) {
  const path = join(root, ".next/standalone/.next/server/app", `${page}.html`);
  writeFileSync(path, withOwnScript(readFileSync(path, "utf8"), `/_next/${file}`));
}
