import type { HeaderLookup } from "./headers";
import { isHttps } from "./origin";

/** For a year, of this host alone: what else its domain has is not ours to decide on. */
const HTTPS_ONLY = "max-age=31536000";

/** The `Cache-Control` of an answer that is somebody's own, whatever it says of itself: nothing on the way keeps it. */
export function privateCaching(given: string | null | undefined): string {
  return /no-transform/.test(given ?? "") ? "no-store, no-transform" : "no-store";
}

/** The `Strict-Transport-Security` of an answer: https alone from now on, where the request came by it. */
export function httpsOnly(request: HeaderLookup): string | null {
  return isHttps(request) ? HTTPS_ONLY : null;
}

/**
 * Has a page that is the same for everybody asked for again before it is shown. Next would have caches on the way keep it
 * for a year: the scripts that it names go with its version, and HTTPS and the policy beside it are of one request.
 */
export function askAgain(answer: Headers): void {
  // Not `no-cache`: Next takes it for the request's own, and never answers 304.
  answer.set("cache-control", "public, max-age=0, must-revalidate");
}

/** Marks an answer that is somebody's own. */
export function keepPrivate(answer: Headers): void {
  answer.set("cache-control", privateCaching(answer.get("cache-control")));
}

/** Has browsers come by https alone from now on, where this request came by it. */
export function stayOnHttps(request: HeaderLookup, answer: Headers): void {
  const https = httpsOnly(request);
  if (https) answer.set("strict-transport-security", https);
}
