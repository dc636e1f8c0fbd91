import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { type Lock, withAddresses } from "@/scripts/with-addresses.mjs";

const LOCK: Lock = {
  lockfileVersion: 3,
  packages: {
    "": { name: "app", version: "1.0.0" },
    "node_modules/small": { version: "0.0.1" },
    "node_modules/@scope/one": { version: "2.0.0" },
    "node_modules/small/node_modules/deep": { version: "3.0.0-rc.1", dev: true },
    "node_modules/alias": { name: "@scope/other", version: "4.0.0" },
  },
};

it("says where each package lies, from where one lies", () => {
  const { packages } = withAddresses(LOCK, "small", "http://mirror:81/npm/small/-/small-0.0.1.tgz");
  expect(Object.values(packages).map((one) => one.resolved)).toEqual([
    undefined,
    "http://mirror:81/npm/small/-/small-0.0.1.tgz",
    "http://mirror:81/npm/@scope/one/-/one-2.0.0.tgz",
    "http://mirror:81/npm/deep/-/deep-3.0.0-rc.1.tgz",
    "http://mirror:81/npm/@scope/other/-/other-4.0.0.tgz",
  ]);
  expect(packages["node_modules/small/node_modules/deep"]).toMatchObject({ dev: true });
});

it("leaves the lock to npm where a registry has addresses of another kind", () => {
  const address = "https://packages/download/small/0.0.1/4ec1f0";
  expect(withAddresses(LOCK, "small", address)).toEqual(LOCK);
});

it("is meant for a lock whose packages all come from the registry, and which names none", () => {
  const { packages } = JSON.parse(readFileSync("package-lock.json", "utf8")) as Lock;
  const { "": app, ...installed } = packages;
  expect(app).toBeDefined();
  expect(Object.entries(installed).filter(([, one]) => one.resolved ?? one.link)).toEqual([]);
});
