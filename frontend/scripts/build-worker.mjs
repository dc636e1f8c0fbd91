// After the pages are finished: the service worker, which knows every file that the app of this build is made of.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "rolldown";

const root = join(import.meta.dirname, "..");
const target = join(root, ".next/standalone");
const files = readdirSync(join(target, ".next/static"), { recursive: true, encoding: "utf8" })
  .filter((path) => /^(chunks|media)\/.*\.\w+$/.test(path))
  .sort();
const name = readFileSync(join(target, ".next/BUILD_ID"), "utf8");

const { output } = await build({
  cwd: root,
  input: "worker/main.ts",
  platform: "browser",
  logLevel: "warn",
  write: false,
  transform: { define: { "process.env.NODE_ENV": JSON.stringify("production") } },
  output: { format: "iife", minify: true },
});
mkdirSync(join(target, "public"), { recursive: true });
writeFileSync(
  join(target, "public/sw.js"),
  `const BUILD = ${JSON.stringify({ name, files })};\n${output[0].code}`,
);
