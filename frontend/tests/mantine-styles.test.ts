import { readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { describe, expect, it } from "vitest";

const ROOT = join(import.meta.dirname, "..");
const MANTINE = join(ROOT, "node_modules/@mantine");
const CORE = join(MANTINE, "core/esm");

/** What comes with no component. */
const ALWAYS = ["baseline", "default-css-variables", "global"];

const read = (file: string) => readFileSync(file, "utf8");

function filesIn(folder: string, ending: RegExp): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => ending.test(name))
    .map((name) => join(folder, name));
}

/** The values that a module imports from a package, by name. */
function importedFrom(name: string, code: string): string[] {
  const imports = code.matchAll(new RegExp(`import \\{([^}]*)\\} from "${name}"`, "g"));
  return [...imports]
    .flatMap(([, names]) => names!.split(","))
    .map((one) => one.trim())
    .filter((one) => one !== "" && !one.startsWith("type "))
    .map((one) => one.split(" as ")[0]!);
}

/** The module of the core that each of its exports is from. */
const HOMES = new Map(
  [...read(join(CORE, "index.mjs")).matchAll(/import \{([^}]*)\} from "(\.[^"]+)"/g)].flatMap(
    ([, names, path]) =>
      names!
        .split(",")
        .map((one) => [one.trim().split(" as ").at(-1)!, join(CORE, path!)] as const),
  ),
);

/** The core's components with styles that are needed to draw some of its exports. */
function styledParts(exports: Iterable<string>): Set<string> {
  const seen = new Set<string>();
  const styled = new Set<string>();
  function follow(file: string): void {
    if (seen.has(file)) return;
    seen.add(file);
    if (file.endsWith(".module.mjs")) styled.add(basename(file, ".module.mjs"));
    for (const [, path] of read(file).matchAll(/from "(\.[^"]+)"/g))
      follow(resolve(dirname(file), path!));
  }
  for (const name of exports) {
    const home = HOMES.get(name);
    if (home) follow(home);
  }
  return styled;
}

const used = ["app", "components", "lib"]
  .flatMap((folder) => filesIn(join(ROOT, folder), /\.tsx?$/))
  .concat(
    ["dates", "notifications"].flatMap((name) => filesIn(join(MANTINE, name, "esm"), /\.mjs$/)),
  )
  .flatMap((file) => importedFrom("@mantine/core", read(file)));
const listed = [
  ...read(join(ROOT, "app/mantine-styles.ts")).matchAll(/"@mantine\/core\/styles\/(.+)\.css"/g),
].map(([, name]) => name!);

describe("the styles of Mantine that the pages bring", () => {
  it("are those of the components in use, and of what these are made of", () => {
    expect([...listed].sort()).toEqual([...ALWAYS, ...styledParts(used)].sort());
  });

  it("are in the order of Mantine's own sheet, by which some overrule others", () => {
    const sheet = read(join(MANTINE, "core/styles.css"));
    const placeOf = (name: string) =>
      sheet.indexOf(read(join(MANTINE, `core/styles/${name}.css`)).trim());
    const inOrder = [...listed].sort((a, b) => placeOf(a) - placeOf(b));
    expect(listed.map(placeOf)).not.toContain(-1);
    expect(listed).toEqual(inOrder);
  });
});
