import type { BetterAuthPlugin } from "better-auth";
import { createAuthMiddleware } from "better-auth/api";
import { answerThenMail, MAILED_LINK_MS, type Compose } from "./mail-requests";
import { passwordLink } from "./one-time-links";

const text = (site: string, link: string) => `\
A new password was asked for, for your account at ${site}

This link lets you set it. It works once, and for an hour:
${link}

If you did not ask for it, there is nothing to do: your password stays as it is.
`;

/** A link for the owner of an account, if there is one. */
const compose: Compose = async (store, address, site) => {
  const { link } = await passwordLink(store, address, site, MAILED_LINK_MS);
  return { subject: "Set a new password for Todo Stack", text: text(site, link) };
};

/** Mails links to set a new password. Better Auth's own endpoint would look for the account before it answers. */
export function resetMail() {
  return {
    id: "reset-mail",
    hooks: {
      before: [
        {
          matcher: ({ path }) => path === "/request-password-reset",
          handler: createAuthMiddleware((ctx) =>
            answerThenMail(ctx, "a link for a new password", compose),
          ),
        },
      ],
    },
  } satisfies BetterAuthPlugin;
}
