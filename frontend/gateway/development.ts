// What `scripts/dev.mjs` needs of the gateway, made anew with each change of the code.
export { checkSettingsOrExit } from "../lib/start";
export { runCommand } from "./commands";
export { createGateway } from "./gateway";
export { createPublicServer } from "./server";
