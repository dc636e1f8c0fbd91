import { ConfigError, getConfig } from "./config";

/** sysexits.h EX_CONFIG: tells a supervisor that a restart alone will not help. */
const EXIT_CONFIG = 78;

/** Ends the process with one line per problem on stderr when the settings cannot be used. */
export function checkSettingsOrExit(): void {
  try {
    getConfig();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(EXIT_CONFIG);
  }
}
