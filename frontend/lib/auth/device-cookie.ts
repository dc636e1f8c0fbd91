import type { GenericEndpointContext } from "better-auth";
import { getSessionFromCtx } from "better-auth/api";
import { createHash, randomBytes } from "node:crypto";
import { nameForPath } from "./cookie";

/** As long as browsers keep a cookie. */
const LIFETIME_SECONDS = 400 * 24 * 60 * 60;

/** Addresses are kept as a hash: neither a table nor a browser must become a list of who tried to sign in. */
export function accountKey(email: string): string {
  return createHash("sha256").update(email.trim().toLowerCase()).digest("base64url");
}

/** An account's own cookie, so that several people can sign in on one browser; only sign-in sees it. */
function cookieFor(ctx: GenericEndpointContext, account: string) {
  const { name, attributes } = ctx.context.createAuthCookie(`device_${account.slice(0, 8)}`, {
    path: "/api/auth",
    maxAge: LIFETIME_SECONDS,
  });
  return { name: nameForPath(name), attributes };
}

/** The name under which a browser has signed in to an account before; null when it has not. */
export async function knownDevice(
  ctx: GenericEndpointContext,
  account: string,
): Promise<string | null> {
  const { name } = cookieFor(ctx, account);
  const value = await ctx.getSignedCookie(name, ctx.context.secret);
  // The account is part of what is signed: another's cookie, or one of a session, says nothing about it.
  return value && value.startsWith(`${account}.`) ? value : null;
}

/** Endpoints that set a password and check none. */
const WITHOUT_A_CHECK = ["/sign-up/email", "/reset-password"];

/** The address of the account that a request tries a password of: the one that it names, or its session's. */
export async function triedEmail(ctx: GenericEndpointContext): Promise<string | null> {
  if (WITHOUT_A_CHECK.includes(ctx.path)) return null;
  const email =
    ctx.path === "/sign-in/email"
      ? (ctx.body as { email?: unknown } | undefined)?.email
      : (await getSessionFromCtx(ctx))?.user.email;
  return typeof email === "string" ? email : null;
}

/** Whether a request comes from a browser that has signed in before to the account it tries. */
export async function isKnownBrowser(ctx: GenericEndpointContext): Promise<boolean> {
  const email = await triedEmail(ctx);
  return email !== null && (await knownDevice(ctx, accountKey(email))) !== null;
}

/** Marks a browser as one that has signed in to an account. */
export async function rememberDevice(ctx: GenericEndpointContext, account: string): Promise<void> {
  const { name, attributes } = cookieFor(ctx, account);
  const device =
    (await knownDevice(ctx, account)) ?? `${account}.${randomBytes(16).toString("base64url")}`;
  await ctx.setSignedCookie(name, device, ctx.context.secret, attributes);
}
