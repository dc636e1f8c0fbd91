/**
 * How an endpoint of Better Auth is served:
 * - `public`: it answers anybody, from what is known to anybody or what the caller's cookie opens
 * - `session`: it needs a live session, and checks no password
 * - `guarded`: it checks or sets a password; tries are counted, and it waits for its turn to hash
 * - `off`: nothing here needs it, and it does not exist for callers
 */
type Serving = "public" | "session" | "guarded" | "off";

/** Every endpoint that Better Auth has over HTTP, and what was decided for it. One that is not listed is off. */
export const ENDPOINTS: Record<string, Serving> = {
  "GET /jwks": "public",
  "GET /get-session": "public",
  "POST /sign-out": "public",
  "POST /sign-in/email": "guarded",
  "POST /sign-up/email": "guarded",
  "POST /change-password": "guarded",
  "POST /delete-user": "guarded",
  // By a token that an operator has made for it, beside the server.
  "POST /reset-password": "guarded",
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
  // They need a mail server, and there is none.
  "GET /delete-user/callback": "off",
  "POST /change-email": "off",
  "GET /verify-email": "off",
  "POST /send-verification-email": "off",
  "POST /request-password-reset": "off",
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

/** Where Better Auth's endpoints are. */
export const AUTH_PATH = "/api/auth";

/** How a request's endpoint is served. A path counts as it is written: every other way to write it is off. */
export function servingOf(method: string, pathname: string): Serving {
  return ENDPOINTS[`${method} ${pathname.slice(AUTH_PATH.length)}`] ?? "off";
}

/** Whether an endpoint checks or sets a password. */
export function isGuarded(path: string): boolean {
  return ENDPOINTS[`POST ${path}`] === "guarded";
}
