// Puts our server in the place of the one that `next build` leaves in .next/standalone.
import { join } from "node:path";
import { build } from "rolldown";
import { gatewayBundle } from "./gateway-bundle.mjs";

const target = join(import.meta.dirname, "../.next/standalone/server.js");

await build(gatewayBundle("main.ts", target));
