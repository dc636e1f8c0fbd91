import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";

it("the API's types are those of the committed contract", () => {
  const folder = mkdtempSync(join(tmpdir(), "schema-"));
  try {
    const made = join(folder, "schema.ts");
    const { scripts } = JSON.parse(readFileSync("package.json", "utf8")) as {
      scripts: Record<string, string>;
    };
    const [program, ...given] = scripts["api-types"]!.split(" ");
    const words = given.map((word) => (word === "lib/api/schema.ts" ? made : word));
    execFileSync(join("node_modules/.bin", program!), words, { stdio: "pipe" });
    expect(readFileSync("lib/api/schema.ts", "utf8"), "run: npm run api-types").toBe(
      readFileSync(made, "utf8"),
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}, 60_000);
