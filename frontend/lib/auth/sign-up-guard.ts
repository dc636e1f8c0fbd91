import type { BetterAuthPlugin, GenericEndpointContext } from "better-auth";
import { APIError, createAuthMiddleware } from "better-auth/api";
import { getConfig } from "../config";
import { isInvited, takeInvitation } from "./one-time-links";
import { tooMany } from "./too-many";
import { countTry } from "./tries";

/** Accounts that all callers together make in a quarter of an hour: what nobody's address can bound, a sum must. */
const MAX_SIGN_UPS = 600;

interface SignUp {
  email?: unknown;
  invitation?: unknown;
}

function refuse(code: string, message: string): never {
  throw new APIError("FORBIDDEN", { code, message });
}

function refuseInvitation(): never {
  const message = "This invitation was used already, has run out, or is for another address.";
  return refuse("INVITATION_INVALID", message);
}

/** Refuses whoever wants an account where none is made for them; who has one already plays no part in it. */
async function checkSignUp(ctx: GenericEndpointContext): Promise<void> {
  const { email, invitation } = ctx.body as SignUp;
  if (invitation !== undefined) {
    if (!(await isInvited(ctx.context, invitation, email))) refuseInvitation();
  } else if (getConfig().signUp === "closed") {
    refuse("SIGN_UP_CLOSED", "Accounts are not made here. Ask the person who runs this site.");
  }
}

/** Counts one more account that is to be made; throws 429 when there were too many. */
async function countSignUp(): Promise<void> {
  const seconds = await countTry("sign-up", MAX_SIGN_UPS);
  if (seconds === 0) return;
  const message = "Too many accounts are being created at the moment. Try again in a few minutes.";
  throw tooMany("TOO_MANY_SIGN_UPS", message, seconds);
}

/** Uses up the invitation by which an account is made, at the moment when it is. */
async function spendInvitation(ctx: GenericEndpointContext | null): Promise<void> {
  const invitation = (ctx?.body as SignUp | undefined)?.invitation;
  if (ctx && typeof invitation === "string" && !(await takeInvitation(ctx.context, invitation)))
    refuseInvitation();
}

/** Who may make an account, and how many are made: everybody, or where sign-up is closed who was invited. */
export function signUpGuard() {
  return {
    id: "sign-up-guard",
    init: () => ({
      options: {
        databaseHooks: {
          user: {
            create: {
              before: (_: unknown, ctx: GenericEndpointContext | null) => spendInvitation(ctx),
            },
          },
        },
      },
    }),
    hooks: {
      before: [
        {
          matcher: ({ path }) => path === "/sign-up/email",
          handler: createAuthMiddleware(async (ctx) => {
            await checkSignUp(ctx);
            await countSignUp();
          }),
        },
      ],
    },
  } satisfies BetterAuthPlugin;
}
