import type { BetterAuthPlugin, GenericEndpointContext } from "better-auth";
import { APIError, createAuthMiddleware, getIP } from "better-auth/api";
import { getConfig } from "../config";
import { accountKey } from "./device-cookie";
import { isInvited, takeInvitation } from "./one-time-links";
import { tooMany } from "./too-many";
import { countTry } from "./tries";

/** Accounts that all callers together make in a quarter of an hour: what nobody's address can bound, a sum must. */
const MAX_SIGN_UPS = 600;

/**
 * How often a client is told in a quarter of an hour that an address has an account, where sign-up must tell: a person has
 * a few addresses, a list of them has thousands.
 */
const MAX_TAKEN = 20;

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
  const { signUp } = getConfig();
  if (invitation !== undefined) {
    if (!(await isInvited(ctx.context, invitation, email))) refuseInvitation();
  } else if (signUp === "closed") {
    refuse("SIGN_UP_CLOSED", "Accounts are not made here. Ask the person who runs this site.");
  } else if (signUp === "confirmed") {
    const message = "Accounts are made by a link in a mail. Ask for it with your address alone.";
    refuse("SIGN_UP_BY_MAIL", message);
  }
}

/** Throws 429 where there were too many sign-ups: by all callers, or by a client to addresses that have an account. */
async function countSignUp(ctx: GenericEndpointContext): Promise<void> {
  // In one step and before a password is hashed: sign-ups sent at once are told no more than those sent one by one.
  const ofClient = await countTry(takenKey(ctx), MAX_TAKEN, (await tellsTaken(ctx)) ? 1 : 0);
  if (ofClient > 0) {
    const message = `Too many sign-ups from where you are. Try again in ${Math.ceil(ofClient / 60)} minutes.`;
    throw tooMany("TOO_MANY_SIGN_UPS", message, ofClient);
  }
  const seconds = await countTry("sign-up", MAX_SIGN_UPS);
  if (seconds === 0) return;
  const message = "Too many accounts are being created at the moment. Try again in a few minutes.";
  throw tooMany("TOO_MANY_SIGN_UPS", message, seconds);
}

/** Under what the taken addresses that a client was told of are counted; an IPv6 client is its network of 64 bits. */
function takenKey(ctx: GenericEndpointContext): string {
  const client = (ctx.request && getIP(ctx.request, ctx.context.options)) ?? "";
  return `sign-up-taken:${accountKey(client)}`;
}

/** Whether the answer will tell that an address has an account. Whoever was invited has read its mail. */
async function tellsTaken(ctx: GenericEndpointContext): Promise<boolean> {
  const { email, invitation } = ctx.body as SignUp;
  if (typeof email !== "string" || invitation !== undefined) return false;
  return (await ctx.context.internalAdapter.findUserByEmail(email)) !== null;
}

/** Uses up the invitation by which an account is made, at the moment when it is. */
async function spendInvitation(ctx: GenericEndpointContext | null): Promise<void> {
  const invitation = (ctx?.body as SignUp | undefined)?.invitation;
  if (ctx && typeof invitation === "string" && !(await takeInvitation(ctx.context, invitation)))
    refuseInvitation();
}

const isSignUp = ({ path }: { path?: string }) => path === "/sign-up/email";

/** Who may make an account, and how many are made: everybody, or who was invited, by an operator or by mail. */
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
          matcher: isSignUp,
          handler: createAuthMiddleware(async (ctx) => {
            await checkSignUp(ctx);
            await countSignUp(ctx);
          }),
        },
      ],
    },
  } satisfies BetterAuthPlugin;
}
