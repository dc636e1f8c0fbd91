import type { AuthContext } from "better-auth";
import { randomBytes } from "node:crypto";
import { getConfig } from "../config";
import { getPool } from "../database";

const INVITATION = "invitation";
/** An operator hands a link over in their own time. */
const LIFETIME_MS = 24 * 60 * 60_000;

/** What of Better Auth keeps accounts and tokens, inside of a request or outside. */
export type AccountStore = Pick<AuthContext, "internalAdapter">;

/** A link for one person, good once: whoever has it may do what it is for. */
export interface OneTimeLink {
  link: string;
  expires: string;
}

/** Why there is no link, in words for the operator who asked for it. */
export class NoLink extends Error {}

/** Makes a link by which the owner of an account sets a new password; Better Auth has the rest of it. */
export async function passwordLink(
  store: AccountStore,
  email: string,
  origin: string,
  lifetimeMs = LIFETIME_MS,
): Promise<OneTimeLink> {
  const found = await store.internalAdapter.findUserByEmail(email);
  if (!found) throw new NoLink(`no account has the address ${email}`);
  const { token, expiresAt } = await giveToken(store, "reset-password", found.user.id, lifetimeMs);
  return link(origin, "/reset-password", { token, email }, expiresAt);
}

/** Makes a link by which an address gets an account, even where sign-up is closed. */
export async function invitationLink(
  store: AccountStore,
  email: string,
  origin: string,
  lifetimeMs = LIFETIME_MS,
): Promise<OneTimeLink> {
  const found = await store.internalAdapter.findUserByEmail(email);
  if (found) throw new NoLink(`${email} has an account already`);
  const { token, expiresAt } = await giveToken(store, INVITATION, email, lifetimeMs);
  return link(origin, "/sign-up", { invitation: token, email }, expiresAt);
}

/** Whether an invitation is good, and for this address. */
export async function isInvited(
  store: AccountStore,
  invitation: unknown,
  email: unknown,
): Promise<boolean> {
  if (typeof invitation !== "string" || typeof email !== "string") return false;
  const found = await store.internalAdapter.findVerificationValue(`${INVITATION}:${invitation}`);
  return found?.value === email.toLowerCase() && found.expiresAt > new Date();
}

/** Uses an invitation up; false when that was done already. */
export async function takeInvitation(store: AccountStore, invitation: string): Promise<boolean> {
  return Boolean(
    await store.internalAdapter.consumeVerificationValue(`${INVITATION}:${invitation}`),
  );
}

const END = `
  DELETE FROM verification WHERE value = $1 AND ($2::timestamptz IS NULL OR "expiresAt" <= $2)`;

/**
 * Ends what was given out for somebody, by an account's id or, without one yet, an address: all of it, or what runs out
 * by a moment.
 */
export async function endLinksFor(value: string, until: Date | null = null): Promise<void> {
  await getPool().query(END, [value, until]);
}

/**
 * Makes a token that stands for somebody. What is kept of it is a hash. It takes the place of those made before, but for
 * one that outlasts it: anybody can ask for a link by mail, and that must not end an operator's.
 */
async function giveToken(store: AccountStore, purpose: string, value: string, lifetimeMs: number) {
  const token = randomBytes(24).toString("base64url");
  const expiresAt = new Date(Date.now() + lifetimeMs);
  await endLinksFor(value, expiresAt);
  const identifier = `${purpose}:${token}`;
  await store.internalAdapter.createVerificationValue({ identifier, value, expiresAt });
  return { token, expiresAt };
}

/** What the page needs is in the fragment, which browsers send to nobody: no log of a server on the way has it. */
function link(
  origin: string,
  path: string,
  shown: Record<string, string>,
  expiresAt: Date,
): OneTimeLink {
  const address = `${getConfig().publicOrigin ?? origin}${path}`;
  return {
    link: `${address}#${new URLSearchParams(shown)}`,
    expires: expiresAt.toISOString(),
  };
}
