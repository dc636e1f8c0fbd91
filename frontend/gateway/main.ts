import { flushLog } from "../lib/log";
import { checkSettingsOrExit } from "../lib/start";
import { runCommand } from "./commands";
import { serve } from "./serve";

checkSettingsOrExit();
process.on("exit", flushLog);
const given = process.argv.slice(2);
// The folder of the finished build has this file in it.
await (given.length > 0 ? runCommand(given) : serve(import.meta.dirname));
