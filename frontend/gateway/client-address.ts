import type { IncomingMessage } from "node:http";
import { isIP } from "node:net";
import { getConfig } from "../lib/config";

/**
 * What a request says of the way that it came, and of who sent it. Anybody can write that: who is behind us is told the
 * address that we know, and the rest of it nothing. `x-forwarded-proto` is none of them (`isHttps` reads it).
 */
export const SAID_OF_THE_WAY: readonly string[] = [
  "forwarded",
  "x-forwarded-for",
  "x-forwarded-host",
  "x-forwarded-port",
  "x-forwarded-prefix",
  "x-forwarded-server",
  "x-real-ip",
];

/**
 * Who sent a request, by the addresses that TRUSTED_PROXIES proxies in front of us have added to X-Forwarded-For, each
 * at its end. What stands before these is the sender's own word.
 */
export function clientAddress({ headers, socket }: IncomingMessage): string | undefined {
  const { trustedProxies } = getConfig();
  const given = headers["x-forwarded-for"];
  if (trustedProxies === 0 || given === undefined) return socket.remoteAddress;
  const added = String(given).split(",").slice(-trustedProxies);
  const address = bare(added[0]!.trim());
  return isIP(address) ? address : socket.remoteAddress;
}

/** An address without a port, and without brackets. */
const bare = (address: string) =>
  address.replace(/^\[([^\]]*)\](:\d+)?$/, "$1").replace(/^([\d.]+):\d+$/, "$1");
