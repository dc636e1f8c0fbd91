// Judges the settings of the environment and starts nothing: `node check.mjs`, from the sources and in the image.
// A line for each problem, of JSON with --json (code, setting, detail); exit code 0 or 78.
import { ConfigError, EXIT_CONFIG, parseConfig } from "./lib/settings.mjs";

const asJson = process.argv.includes("--json");

try {
  parseConfig(process.env);
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  for (const problem of error.problems)
    process.stdout.write(`${asJson ? JSON.stringify(problem) : problem.detail}\n`);
  process.exitCode = EXIT_CONFIG;
}
