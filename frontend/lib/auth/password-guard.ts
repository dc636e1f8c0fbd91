import type { BetterAuthPlugin, GenericEndpointContext } from "better-auth";
import { APIError, createAuthMiddleware } from "better-auth/api";
import { accountKey, knownDevice, rememberDevice, triedEmail } from "./device-cookie";
import { isGuarded } from "./endpoints";
import { endLinksFor } from "./one-time-links";
import { tooMany } from "./too-many";
import { countTry, forgetTries } from "./tries";

/**
 * Ten wrong passwords, then a pause: about 1,000 guesses a day for one account, whoever makes them. A browser that has
 * signed in to it before has ten of its own, so that guesses from elsewhere do not keep its owner out.
 */
const MAX_TRIES = 10;

const keyFor = (who: string) => `sign-in:${who}`;

/** Under what the tries of a browser at an account are counted. */
async function keyOf(ctx: GenericEndpointContext, email: string): Promise<string> {
  const account = accountKey(email);
  return keyFor((await knownDevice(ctx, account)) ?? account);
}

/** Forgets the tries of unknown browsers at an account, whose owner is sure to be among them. */
export function forgetTriesAt(email: string): Promise<void> {
  return forgetTries(keyFor(accountKey(email)));
}

/** Counts one more try for an account; throws 429 when there were too many. */
async function countSignIn(ctx: GenericEndpointContext): Promise<void> {
  const email = await triedEmail(ctx);
  if (email === null) return;
  const seconds = await countTry(await keyOf(ctx, email), MAX_TRIES);
  if (seconds === 0) return;
  const minutes = Math.ceil(seconds / 60);
  const message = `Too many sign-in attempts for this account. Try again in ${minutes} minutes.`;
  throw tooMany("TOO_MANY_SIGN_INS", message, seconds);
}

/**
 * Slows down guessing of one account's password wherever one is checked: at signing in, and in an open session
 * where the account is deleted or the password changed. An account is never deleted without its password: Better Auth
 * would take a fresh session for it.
 */
export function passwordGuard() {
  return {
    id: "password-guard",
    hooks: {
      before: [
        {
          matcher: ({ path }) => path === "/delete-user",
          handler: createAuthMiddleware((ctx) => {
            if ((ctx.body as { password?: unknown } | undefined)?.password)
              return Promise.resolve();
            throw new APIError("BAD_REQUEST", {
              code: "PASSWORD_REQUIRED",
              message: "The account's password is needed to delete it.",
            });
          }),
        },
        {
          // Whoever changes a password may do it because of somebody who has a session.
          matcher: ({ path }) => path === "/change-password",
          handler: createAuthMiddleware(() =>
            Promise.resolve({ context: { body: { revokeOtherSessions: true } } }),
          ),
        },
        {
          matcher: ({ path }) => isGuarded(path ?? "") && path !== "/sign-up/email",
          handler: createAuthMiddleware(countSignIn),
        },
      ],
      after: [
        {
          matcher: ({ path }) => path === "/sign-in/email" || path === "/sign-up/email",
          handler: createAuthMiddleware(async (ctx) => {
            const email = ctx.context.newSession?.user.email;
            if (!email) return;
            await forgetTries(await keyOf(ctx, email));
            await rememberDevice(ctx, accountKey(email));
          }),
        },
        {
          matcher: ({ path }) => path === "/change-password",
          handler: createAuthMiddleware(async (ctx) => {
            const userId = ctx.context.newSession?.user.id;
            if (userId) await endLinksFor(userId);
          }),
        },
      ],
    },
  } satisfies BetterAuthPlugin;
}
