import { getConfig } from "./config";
import { ConfigError, EXIT_CONFIG } from "./settings.mjs";
import { writeTerminationMessage } from "./termination";

/** Ends the process when the settings cannot be used: with one line per problem on stderr, and codes for the kubelet. */
export function checkSettingsOrExit(): void {
  try {
    getConfig();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`${error.message}\n`);
    writeTerminationMessage(error.problems);
    process.exit(EXIT_CONFIG);
  }
}
