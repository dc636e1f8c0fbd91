import type { BetterAuthPlugin } from "better-auth";
import { APIError, createAuthMiddleware, getSessionFromCtx } from "better-auth/api";
import { createHash } from "node:crypto";
import { getPool } from "../database";

/** Ten wrong passwords, then a pause: about 1,000 guesses a day for one account, whoever makes them. */
const MAX_TRIES = 10;
const WINDOW_MS = 15 * 60_000;

/** Counts a try in one statement, so that parallel tries on any number of pods all count. */
const COUNT_TRY = `
  INSERT INTO "rateLimit" (id, key, count, "lastRequest") VALUES ($1, $1, 1, $2)
  ON CONFLICT (key) DO UPDATE SET
    count = CASE WHEN "rateLimit"."lastRequest" <= $3 THEN 1 ELSE "rateLimit".count + 1 END,
    "lastRequest" = CASE WHEN "rateLimit"."lastRequest" <= $3 THEN $2 ELSE "rateLimit"."lastRequest" END
  RETURNING count, "lastRequest" AS since`;

/** Forgets an account's tries after a success, and everybody's that are too old to matter. */
const FORGET_TRIES = `DELETE FROM "rateLimit" WHERE key = $1 OR "lastRequest" <= $2`;

/** Addresses are kept as a hash: the table must not become a list of who tried to sign in. */
function keyOf(email: unknown): string | null {
  if (typeof email !== "string") return null;
  return `sign-in:${createHash("sha256").update(email.trim().toLowerCase()).digest("base64url")}`;
}

/** Counts one more try for an account; throws 429 when there were too many. */
async function countTry(email: unknown): Promise<void> {
  const key = keyOf(email);
  if (!key) return;
  const now = Date.now();
  const { rows } = await getPool().query<{ count: number; since: string }>(COUNT_TRY, [
    key,
    now,
    now - WINDOW_MS,
  ]);
  const tries = rows[0];
  if (!tries || tries.count <= MAX_TRIES) return;
  const seconds = Math.ceil((Number(tries.since) + WINDOW_MS - now) / 1000);
  throw new APIError(
    "TOO_MANY_REQUESTS",
    {
      code: "TOO_MANY_SIGN_INS",
      message: `Too many sign-in attempts for this account. Try again in ${Math.ceil(seconds / 60)} minutes.`,
    },
    { "Retry-After": String(seconds) },
  );
}

/**
 * Slows down guessing of one account's password wherever one is checked: at signing in, and in an open session
 * where the account is deleted or the password changed. It counts per account, in the database: a client's address means nothing behind a NodePort, and memory is not shared
 * between pods. An account is never deleted without its password: Better Auth would take a fresh session for it.
 */
export function passwordGuard() {
  return {
    id: "password-guard",
    hooks: {
      before: [
        {
          matcher: ({ path }) => path === "/sign-in/email",
          handler: createAuthMiddleware((ctx) =>
            countTry((ctx.body as { email?: unknown } | undefined)?.email),
          ),
        },
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
          matcher: ({ path }) => path === "/delete-user" || path === "/change-password",
          handler: createAuthMiddleware(async (ctx) =>
            countTry((await getSessionFromCtx(ctx))?.user.email),
          ),
        },
      ],
      after: [
        {
          matcher: ({ path }) => path === "/sign-in/email",
          handler: createAuthMiddleware(async (ctx) => {
            const key = keyOf((ctx.body as { email?: unknown } | undefined)?.email);
            if (key && ctx.context.newSession) {
              await getPool().query(FORGET_TRIES, [key, Date.now() - WINDOW_MS]);
            }
          }),
        },
      ],
    },
  } satisfies BetterAuthPlugin;
}
