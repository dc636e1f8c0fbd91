import type { BetterAuthPlugin } from "better-auth";
import { createAuthEndpoint, formCsrfMiddleware, signUpEmail } from "better-auth/api";
import { answerThenMail, MAILED_LINK_MS, type Compose } from "./mail-requests";
import { invitationLink, NoLink } from "./one-time-links";

const SUBJECT = "Your sign-up at Todo Stack";

const invited = (site: string, link: string) => `\
An account was asked for with this address at ${site}

This link lets you make it. It works once, and for an hour:
${link}

If you did not ask for it, there is nothing to do: no account is made.
`;

const taken = (site: string) => `\
An account was asked for with this address at ${site}

There is one already, so none is made. Sign in to it:
${site}/sign-in

If you have forgotten its password, set a new one:
${site}/forgot-password

If you did not ask for it, there is nothing to do: your account stays as it is.
`;

/** A link that makes an account; the owner of an account is told that there is one. */
const compose: Compose = async (store, address, site) => {
  try {
    const { link } = await invitationLink(store, address, site, MAILED_LINK_MS);
    return { subject: SUBJECT, text: invited(site, link) };
  } catch (error) {
    if (error instanceof NoLink) return { subject: SUBJECT, text: taken(site) };
    throw error;
  }
};

const SIGN_UP_BODY = signUpEmail().options.body;

/** Whether sign-up will take an address, so that no link leads to a refusal. */
function isForSignUp(email: string): boolean {
  return SIGN_UP_BODY.safeParse({ name: "-", password: "-", email }).success;
}

/**
 * Mails an invitation to whoever wants an account, to the address that it is for. Nothing is kept of an account before its
 * owner has read the mail: nobody sets a password for another's address, and every answer is the same.
 */
export function signUpMail() {
  return {
    id: "sign-up-mail",
    endpoints: {
      requestSignUp: createAuthEndpoint(
        "/request-sign-up",
        { method: "POST", use: [formCsrfMiddleware] },
        (ctx) => answerThenMail(ctx, "an answer to a sign-up", compose, isForSignUp),
      ),
    },
  } satisfies BetterAuthPlugin;
}
