import { getConfig } from "../config";
import { AUTH_PATH } from "./path";

/**
 * How an endpoint of Better Auth is served:
 * - `public`: it answers anybody, from what is known to anybody or what the caller's cookie opens
 * - `session`: it needs a live session, and checks no password
 * - `guarded`: it checks or sets a password; tries are counted, and it waits for its turn to hash
 * - `mailed`: it sends a mail; requests are counted, and it is off where no mails are sent
 * - `confirmed`: it mails a link that makes an account; requests are counted, and it is off where sign-up is another one
 * - `off`: nothing here needs it, and it does not exist for callers
 */
type Serving = "public" | "session" | "guarded" | "mailed" | "confirmed" | "off";

/** Every endpoint that Better Auth has over HTTP, and what was decided for it. One that is not listed is off. */
export const ENDPOINTS: Record<string, Serving> = {
  "GET /jwks": "public",
  "GET /get-session": "public",
  "POST /sign-out": "public",
  "POST /sign-in/email": "guarded",
  "POST /sign-up/email": "guarded",
  "POST /change-password": "guarded",
  "POST /delete-user": "guarded",
  // By a token: one that came by mail, or that an operator has made, beside the server.
  "POST /reset-password": "guarded",
  "POST /request-password-reset": "mailed",
  "POST /request-sign-up": "confirmed",
  "GET /token": "session",
  "GET /list-sessions": "session",
  "POST /revoke-session": "session",
  "POST /revoke-sessions": "session",
  "POST /revoke-other-sessions": "session",
  "POST /update-user": "session",

  // No page and no program asks these.
  "GET /ok": "off",
  "GET /error": "off",
  "POST /get-session": "off",
  "POST /update-session": "off",
  "POST /verify-password": "off",
  "GET /list-accounts": "off",
  "POST /unlink-account": "off",
  // They are for links in mails that are not ours.
  "GET /delete-user/callback": "off",
  "POST /change-email": "off",
  "GET /verify-email": "off",
  "POST /send-verification-email": "off",
  "GET /reset-password/:token": "off",
  // They need an identity provider, and there is none.
  "POST /sign-in/social": "off",
  "GET /callback/:id": "off",
  "POST /callback/:id": "off",
  "POST /link-social": "off",
  "POST /refresh-token": "off",
  "POST /get-access-token": "off",
  "GET /account-info": "off",
};

/** How a request's endpoint is served. A path counts as it is written: every other way to write it is off. */
export function servingOf(method: string, pathname: string): Serving {
  const serving = ENDPOINTS[`${method} ${pathname.slice(AUTH_PATH.length)}`] ?? "off";
  const { mail, signUp } = getConfig();
  const isOff =
    (serving === "mailed" && !mail) || (serving === "confirmed" && signUp !== "confirmed");
  return isOff ? "off" : serving;
}

/** Whether an endpoint checks or sets a password. */
export function isGuarded(path: string): boolean {
  return ENDPOINTS[`POST ${path}`] === "guarded";
}
