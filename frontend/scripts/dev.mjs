// The frontend while its code changes: `next dev` has the pages, and the gateway before it is made anew with each
// change of its files. A change that does not compile leaves the former one at work.
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { watch } from "rolldown";
import { gatewayBundle } from "./gateway-bundle.mjs";

process.env.NODE_ENV = "development"; // before Next is loaded

const dir = join(import.meta.dirname, "..");
const file = join(dir, ".next/gateway/gateway.mjs");

// With a command, as the server of a build has it: by the gateway that is at work, and then the end.
const given = process.argv.slice(2);
if (given.length > 0) await (await import(pathToFileURL(file).href)).runCommand(given);

const { default: next } = await import("next");
const hostname = process.env.HOSTNAME || "127.0.0.1";
const port = Number(process.env.PORT) || 3000;
const app = next({ dev: true, dir, hostname, port });

/** @type {import("node:http").Server | undefined} */
let server;
/** @type {import("node:http").RequestListener} */
let gateway;
let made = 0;

async function renew() {
  const code = await import(`${pathToFileURL(file).href}?${made++}`);
  if (!server) code.checkSettingsOrExit();
  gateway = code.createGateway(app.getRequestHandler(), true);
  if (server) return void process.stdout.write("gateway: reloaded\n");
  await app.prepare();
  server = code.createPublicServer((request, response) => gateway(request, response));
  server.listen(port, hostname);
}

for (const [signal, code] of [
  ["SIGTERM", 143],
  ["SIGINT", 130],
])
  process.once(signal, () => app.close().finally(() => process.exit(code)));

/** Whether the code could be loaded or not, the next change is waited for. */
let renewal = Promise.resolve();
watch(gatewayBundle("development.ts", file)).on("event", (event) => {
  if (event.code === "ERROR") process.stderr.write(`gateway: ${event.error.message}\n`);
  if (event.code !== "BUNDLE_END") return;
  void event.result.close();
  renewal = renewal.then(renew).catch((error) => {
    process.stderr.write(`gateway: ${error.stack}\n`);
    if (!server) process.exit(1);
  });
});
