import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { mailsSent } from "../lib/auth/mail-requests";
import { described, log } from "../lib/log";
import { endFeeds } from "./forward";
import { createGateway } from "./gateway";
import { createPublicServer, leaveOnSignal } from "./server";

/** Serves the public address from the finished build in a folder, until a signal ends it. */
export async function serve(dir: string): Promise<void> {
  const hostname = process.env.HOSTNAME || "0.0.0.0";
  const port = Number(process.env.PORT) || 3000;

  // As the server that `next build` generates tells Next its settings.
  const built = readFileSync(join(dir, ".next/required-server-files.json"), "utf8");
  const { config } = JSON.parse(built) as { config: object };
  process.env.__NEXT_PRIVATE_STANDALONE_CONFIG = JSON.stringify(config);
  process.chdir(dir);

  // One request that goes wrong must not end those of everybody else.
  process.on("uncaughtException", (error: unknown) =>
    log("error", "unexpected error", { error: described(error) }),
  );

  // Next would take upgrades to other protocols from a server that it knows, past the gateway. This one is nobody's.
  const httpServer = createServer();
  const { default: next } = await import("next");
  const app = next({ dev: false, dir, hostname, port, httpServer });
  await app.prepare();

  const server = createPublicServer(createGateway(app.getRequestHandler()));
  leaveOnSignal(server, { SIGTERM: 143, SIGINT: 130 }, endFeeds, mailsSent);
  server.once("error", (error) => {
    process.stderr.write(`cannot listen on ${hostname}:${port}: ${error.message}\n`);
    process.exit(1);
  });
  server.listen(port, hostname, () => log("info", "listening", { hostname, port }));
}
