// Before `npm ci`: writes into package-lock.json where each package lies. The committed lock names no registry, so npm would
// first ask the registry for the list of every package's versions, 90 MB in all. One package's answer tells where the registry
// keeps packages; where it is not by name and version, the lock stays as it is, and npm asks.
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { withAddresses } from "./with-addresses.mjs";

const FILE = "package-lock.json";
/** A package with very few versions. */
const SAMPLE = "client-only";

const lock = JSON.parse(readFileSync(FILE, "utf8"));
const { version } = lock.packages[`node_modules/${SAMPLE}`];
const address = execFileSync("npm", ["view", `${SAMPLE}@${version}`, "dist.tarball"], {
  encoding: "utf8",
  stdio: ["ignore", "pipe", "inherit"],
}).trim();
writeFileSync(FILE, JSON.stringify(withAddresses(lock, SAMPLE, address), null, 2));
