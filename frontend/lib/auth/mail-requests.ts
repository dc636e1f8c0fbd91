import type { GenericEndpointContext } from "better-auth";
import { APIError } from "better-auth/api";
import { getConfig } from "../config";
import { log } from "../log";
import { sendMail, type Mail } from "../mail";
import { requestIdOf } from "../request-id";
import { looksLikeAddress } from "./address";
import { accountKey } from "./device-cookie";
import { NoLink, type AccountStore } from "./one-time-links";
import { tooMany } from "./too-many";
import { countTry } from "./tries";

/** Mails to one address in a quarter of an hour: nobody's mailbox is filled by whoever knows it. */
const MAX_AT_ADDRESS = 3;
/** Mails to all addresses together, as far as a mail server may be expected to take them. */
const MAX_IN_ALL = 300;

/** How long a link in a mail is good, in milliseconds; the mails and the pages say so. */
export const MAILED_LINK_MS = 60 * 60_000;

/** What is mailed to an address on behalf of a site. Throws NoLink where nothing is. */
export type Compose = (
  store: AccountStore,
  address: string,
  site: string,
) => Promise<Pick<Mail, "subject" | "text">>;

/** Mails that are being sent. */
const underWay = new Set<Promise<void>>();

/** Ends when the mails that are being sent now are sent, or have failed. */
export async function mailsSent(): Promise<void> {
  await Promise.all(underWay);
}

/** The address of a request as accounts have it: a mail goes there, however else the request writes it. */
function addressOf(ctx: GenericEndpointContext, isAddress: (text: string) => boolean): string {
  const { email } = (ctx.body ?? {}) as { email?: unknown };
  const address = typeof email === "string" ? email.trim().toLowerCase() : "";
  if (looksLikeAddress(address) && isAddress(address)) return address;
  throw new APIError("BAD_REQUEST", { code: "INVALID_EMAIL", message: "Enter an email address." });
}

/** Counts one more mail for an address, whether it has an account or not; throws 429 when there were too many. */
async function countMail(address: string): Promise<void> {
  const seconds =
    (await countTry(`mail:${accountKey(address)}`, MAX_AT_ADDRESS)) ||
    (await countTry("mail", MAX_IN_ALL));
  if (seconds === 0) return;
  const message = `Too many links were asked for. Try again in ${Math.ceil(seconds / 60)} minutes.`;
  throw tooMany("TOO_MANY_LINKS", message, seconds);
}

/** Writes a mail and sends it. What goes wrong is in the log, and nowhere else. */
async function mail(
  what: string,
  compose: Compose,
  store: AccountStore,
  address: string,
  requestId: string,
): Promise<void> {
  try {
    await sendMail({ to: address, ...(await compose(store, address, getConfig().publicOrigin!)) });
    log("info", `${what} was mailed`, { request_id: requestId });
  } catch (error) {
    if (error instanceof NoLink) return;
    const fields = { request_id: requestId, error: String(error) };
    log("error", `${what} was not mailed`, fields);
  }
}

/**
 * Answers a request for a mail, and then sees to it. The answer stands before anybody has looked whether there is an
 * account: neither its words nor its time tell.
 * @param what is mailed, for the log.
 * @param isAddress whether a mail may go there, as far as its form tells.
 */
export async function answerThenMail(
  ctx: GenericEndpointContext,
  what: string,
  compose: Compose,
  isAddress: (text: string) => boolean = () => true,
) {
  const address = addressOf(ctx, isAddress);
  await countMail(address);
  const sending = mail(what, compose, ctx.context, address, requestIdOf(ctx.headers!));
  underWay.add(sending);
  void sending.finally(() => underWay.delete(sending));
  return ctx.json({ status: true });
}
