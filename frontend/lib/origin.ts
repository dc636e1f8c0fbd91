import { getConfig } from "./config";
import type { HeaderLookup } from "./headers";

const HOST = /^(\[[0-9a-f:]+\]|[a-z0-9]([a-z0-9._-]*[a-z0-9])?)(:\d{1,5})?$/i;

/** Whether the caller sees this site by https: PUBLIC_URL says so, or a proxy in front. */
export function isHttps(headers: HeaderLookup): boolean {
  const fixed = getConfig().publicOrigin;
  if (fixed) return fixed.startsWith("https:");
  return headers.get("x-forwarded-proto")?.split(",")[0]?.trim() === "https";
}

/**
 * The origin under which the caller sees this site: PUBLIC_URL where it is set, else the
 * request's own host, over https when a proxy in front says so.
 * @returns null when the request names no usable host.
 */
export function originOf(headers: HeaderLookup): string | null {
  const fixed = getConfig().publicOrigin;
  if (fixed) return fixed;
  const host = headers.get("host") ?? "";
  if (!HOST.test(host)) return null;
  const origin = `${isHttps(headers) ? "https" : "http"}://${host}`;
  // As browsers write it: lower case, without a port that goes without saying.
  return URL.canParse(origin) ? new URL(origin).origin : null;
}

const SAFE_METHODS = new Set(["GET", "HEAD", "OPTIONS"]);

/**
 * Whether a request that a session cookie would authorise comes from a page of another site.
 * Browsers always send Origin with unsafe methods; programs that send neither header are not
 * browsers and cannot be tricked into sending somebody's cookie.
 */
export function isCrossSite(method: string, headers: HeaderLookup): boolean {
  if (SAFE_METHODS.has(method)) return false;
  const origin = headers.get("origin");
  if (origin !== null) {
    return origin !== originOf(headers) && !getConfig().trustedOrigins.includes(origin);
  }
  const site = headers.get("sec-fetch-site");
  return site !== null && site !== "same-origin" && site !== "none";
}
