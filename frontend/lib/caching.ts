import { originOf } from "./origin";

/** For a year, of this host alone: what else its domain has is not ours to decide on. */
const HTTPS_ONLY = "max-age=31536000";

/** Marks an answer that is somebody's own: nothing on the way keeps it, whatever the answer says of itself. */
export function keepPrivate(answer: Headers): void {
  const transform = /no-transform/.test(answer.get("cache-control") ?? "") ? ", no-transform" : "";
  answer.set("cache-control", `no-store${transform}`);
}

/** Has browsers come by https alone from now on, where this request came by it. */
export function stayOnHttps(request: Headers, answer: Headers): void {
  if (originOf(request)?.startsWith("https:")) answer.set("strict-transport-security", HTTPS_ONLY);
}
