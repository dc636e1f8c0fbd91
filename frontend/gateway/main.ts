import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import next from "next";
import { described, flushLog, log } from "../lib/log";
import { checkSettingsOrExit } from "../lib/start";
import { createGateway } from "./gateway";
import { createPublicServer, leaveOnSignal } from "./server";

/** The folder of the finished build, with this file in it. */
const DIR = import.meta.dirname;

checkSettingsOrExit();
const hostname = process.env.HOSTNAME || "0.0.0.0";
const port = Number(process.env.PORT) || 3000;

// As the server that `next build` generates tells Next its settings.
const built = readFileSync(join(DIR, ".next/required-server-files.json"), "utf8");
const { config } = JSON.parse(built) as { config: object };
process.env.__NEXT_PRIVATE_STANDALONE_CONFIG = JSON.stringify(config);
process.chdir(DIR);

process.on("exit", flushLog);
// One request that goes wrong must not end those of everybody else.
process.on("uncaughtException", (error: unknown) =>
  log("error", "unexpected error", { error: described(error) }),
);

// Next would take upgrades to other protocols from a server that it knows, past the gateway. This one is nobody's.
const httpServer = createServer();
const app = next({ dev: false, dir: DIR, hostname, port, httpServer });
await app.prepare();

const server = createPublicServer(createGateway(app.getRequestHandler()));
leaveOnSignal(server, { SIGTERM: 143, SIGINT: 130 });
server.once("error", (error) => {
  process.stderr.write(`cannot listen on ${hostname}:${port}: ${error.message}\n`);
  process.exit(1);
});
server.listen(port, hostname, () => log("info", "listening", { hostname, port }));
