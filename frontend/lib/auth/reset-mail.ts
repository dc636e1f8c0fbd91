import type { BetterAuthPlugin, GenericEndpointContext } from "better-auth";
import { APIError, createAuthMiddleware } from "better-auth/api";
import { getConfig } from "../config";
import { log } from "../log";
import { sendMail } from "../mail";
import { requestIdOf } from "../request-id";
import { looksLikeAddress } from "./address";
import { accountKey } from "./device-cookie";
import { NoLink, passwordLink, type AccountStore } from "./one-time-links";
import { tooMany } from "./too-many";
import { countTry } from "./tries";

/** Links for one address in a quarter of an hour: nobody's mailbox is filled by whoever knows it. */
const MAX_AT_ADDRESS = 3;
/** Links for all addresses together, as far as a mail server may be expected to take them. */
const MAX_IN_ALL = 300;

const LIFETIME_MS = 60 * 60_000;

const SUBJECT = "Set a new password for Todo Stack";

const text = (site: string, link: string) => `\
A new password was asked for, for your account at ${site}

This link lets you set it. It works once, and for an hour:
${link}

If you did not ask for it, there is nothing to do: your password stays as it is.
`;

/** Mails that are being sent. */
const underWay = new Set<Promise<void>>();

/** Ends when the mails that are being sent now are sent, or have failed. */
export async function mailsSent(): Promise<void> {
  await Promise.all(underWay);
}

/** The address of a request as accounts have it: a mail goes there, however else the request writes it. */
function addressOf(ctx: GenericEndpointContext): string {
  const { email } = (ctx.body ?? {}) as { email?: unknown };
  const address = typeof email === "string" ? email.trim().toLowerCase() : "";
  if (looksLikeAddress(address)) return address;
  throw new APIError("BAD_REQUEST", { code: "INVALID_EMAIL", message: "Enter an email address." });
}

/** Counts one more link for an address, whether it has an account or not; throws 429 when there were too many. */
async function countLink(address: string): Promise<void> {
  const seconds =
    (await countTry(`reset-mail:${accountKey(address)}`, MAX_AT_ADDRESS)) ||
    (await countTry("reset-mail", MAX_IN_ALL));
  if (seconds === 0) return;
  const message = `Too many links were asked for. Try again in ${Math.ceil(seconds / 60)} minutes.`;
  throw tooMany("TOO_MANY_LINKS", message, seconds);
}

/** Mails a link to the owner of an account, if there is one. What goes wrong is in the log, and nowhere else. */
async function mailLink(store: AccountStore, address: string, requestId: string): Promise<void> {
  const site = getConfig().publicOrigin!;
  try {
    const { link } = await passwordLink(store, address, site, LIFETIME_MS);
    await sendMail({ to: address, subject: SUBJECT, text: text(site, link) });
    log("info", "a link for a new password was mailed", { request_id: requestId });
  } catch (error) {
    if (error instanceof NoLink) return;
    const fields = { request_id: requestId, error: String(error) };
    log("error", "a link for a new password was not mailed", fields);
  }
}

/**
 * Mails links to set a new password. The answer stands before anybody has looked whether there is an account: neither
 * its words nor its time tell. Better Auth's own endpoint would look first.
 */
export function resetMail() {
  return {
    id: "reset-mail",
    hooks: {
      before: [
        {
          matcher: ({ path }) => path === "/request-password-reset",
          handler: createAuthMiddleware(async (ctx) => {
            const address = addressOf(ctx);
            await countLink(address);
            const sending = mailLink(ctx.context, address, requestIdOf(ctx.headers!));
            underWay.add(sending);
            void sending.finally(() => underWay.delete(sending));
            return ctx.json({ status: true });
          }),
        },
      ],
    },
  } satisfies BetterAuthPlugin;
}
