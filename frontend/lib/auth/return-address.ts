import { APP, isPrivatePage } from "./private-pages";

/** Where somebody signs in who wanted to be at `address`, a path with what follows it, and is led back there. */
export function signInFor(address: string): string {
  return address === APP ? "/sign-in" : `/sign-in#${new URLSearchParams({ from: address })}`;
}

/** Where to go after signing in: to the page of this site that the link names, else to the app. */
export function addressAfter(link: URLSearchParams, origin: string): string {
  const from = link.get("from");
  if (!from || !URL.canParse(from, origin)) return APP;
  const wanted = new URL(from, origin);
  const isOurs = wanted.origin === origin && isPrivatePage(wanted.pathname);
  return isOurs ? wanted.pathname + wanted.search : APP;
}
