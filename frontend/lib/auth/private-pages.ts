/** Pages of whoever is signed in. */
const PRIVATE = new Set(["/app", "/settings"]);

/** Whether a page is for whoever is signed in, and leads everybody else to sign in. */
export function isPrivatePage(pathname: string): boolean {
  return PRIVATE.has(pathname);
}
