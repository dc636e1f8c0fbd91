import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";

const KEY = "c2VjcmV0LWtleS1vZi1vbmUtYnVpbGQ=";
const PREVIEW = {
  previewModeId: "a",
  previewModeSigningKey: "b",
  previewModeEncryptionKey: "c",
};

let root: string;
let server: string;

/** What `next build` leaves behind, as far as the script reads it. */
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "finish-build-"));
  server = join(root, ".next/standalone/.next/server");
  mkdirSync(join(server, "app"), { recursive: true });
  mkdirSync(join(root, ".next/static"));
  mkdirSync(join(root, "scripts"));
  for (const file of ["scripts/finish-build.mjs", "check.mjs", "lib/settings.mjs"])
    cpSync(join(import.meta.dirname, "..", file), join(root, file));
  writeFileSync(join(server, "preview-props.json"), JSON.stringify(PREVIEW));
  const manifest = join(root, ".next/standalone/.next/prerender-manifest.json");
  writeFileSync(manifest, JSON.stringify({ preview: PREVIEW }));
  writeActions({ node: {}, edge: {}, encryptionKey: KEY });
});

afterEach(() => rmSync(root, { recursive: true }));

const script = () => join(root, "scripts/finish-build.mjs");
const actions = (kind: string) => join(server, `server-reference-manifest.${kind}`);

function writeActions(content: object): void {
  const text = JSON.stringify(content);
  writeFileSync(actions("json"), text);
  writeFileSync(actions("js"), `if (self === undefined) throw 0;\nself.M=${JSON.stringify(text)}`);
}

function run(): { status: number | null; stderr: string } {
  const { status, stderr } = spawnSync(process.execPath, [script()], { encoding: "utf8" });
  return { status, stderr };
}

it("leaves none of Next's random keys in the server", () => {
  expect(run()).toEqual({ status: 0, stderr: "" });
  for (const kind of ["json", "js"]) expect(readFileSync(actions(kind), "utf8")).not.toContain(KEY);
  const { previewModeId } = JSON.parse(readFileSync(join(server, "preview-props.json"), "utf8"));
  expect(previewModeId).toBe(false);
});

it("adds the command that judges the settings", () => {
  run();
  const check = join(root, ".next/standalone/check.mjs");
  const { status, stdout } = spawnSync(process.execPath, [check], {
    encoding: "utf8",
    env: {} as NodeJS.ProcessEnv,
  });
  expect(status).toBe(78);
  expect(stdout).toContain("BACKEND_URL: is not set");
});

it("fails by name when Next keeps a key elsewhere", () => {
  writeActions({ node: {}, edge: {} });
  expect(run().stderr).toContain("Next no longer keeps encryptionKey here");
  expect(readFileSync(actions("js"), "utf8")).toContain("undefined");
  writeActions({ node: {}, edge: {}, encryptionKey: KEY });
  writeFileSync(actions("js"), "");
  expect(run().stderr).toContain("server-reference-manifest.js");
});

it("fails when Next has taken the sources along", () => {
  writeFileSync(join(root, ".next/standalone/next.config.ts"), "");
  expect(run().stderr).toContain("turbopackIgnore");
});

it("fails when there is a server action, which would need a key", () => {
  writeActions({ node: { action: {} }, edge: {}, encryptionKey: KEY });
  expect(run().stderr).toContain("NEXT_SERVER_ACTIONS_ENCRYPTION_KEY");
});
