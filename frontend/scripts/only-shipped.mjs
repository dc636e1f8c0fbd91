// Before `npm sbom`: package.json and package-lock.json lose what only tests and builds need, which are the optional packages.
// (`npm sbom --omit dev` would also leave out what the server shares with them.)
import { readFileSync, writeFileSync } from "node:fs";

/**
 * @param {string} file
 * @param {(content: any) => void} change
 */
function rewrite(file, change) {
  const content = JSON.parse(readFileSync(file, "utf8"));
  change(content);
  writeFileSync(file, JSON.stringify(content));
}

/** @param {Record<string, unknown>} app */
function onlyDependencies(app) {
  delete app.devDependencies;
  delete app.optionalDependencies;
}

rewrite("package.json", onlyDependencies);
rewrite("package-lock.json", ({ packages }) => {
  onlyDependencies(packages[""]);
  for (const [place, { dev, optional, devOptional }] of Object.entries(packages)) {
    if (dev || optional || devOptional) delete packages[place];
  }
});
