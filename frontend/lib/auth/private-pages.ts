/** The app, one page with an address for each of its places. */
export const APP = "/app";
/** Pages of whoever is signed in. */
const PRIVATE = [APP, "/settings"];

/** The page that an address shows: the app for each of its places, any other itself. */
export const pageOf = (pathname: string): string =>
  pathname.startsWith(`${APP}/`) && !pathname.endsWith("/") ? APP : pathname;

/** Whether a page is for whoever is signed in, and leads everybody else to sign in. */
export const isPrivatePage = (pathname: string): boolean => PRIVATE.includes(pageOf(pathname));
