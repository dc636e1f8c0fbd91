import { ACCOUNTS_AWAY } from "../problem";

export interface AuthError {
  status: number;
  code?: string;
  message?: string;
}

/** What to tell a person when signing in or up did not work, and what to do about it. */
export function authErrorText({ status, code, message }: AuthError): string {
  switch (code) {
    case "INVALID_EMAIL_OR_PASSWORD":
      return "That email and password do not go together. Check both and try again.";
    case "USER_ALREADY_EXISTS":
    case "USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL":
      return "There is an account with this email already. Sign in instead.";
    case "INVALID_TOKEN":
    case "USER_NOT_FOUND":
      return "This link was used already, or has run out. Ask for another one.";
    case "INVITATION_INVALID":
      return "This invitation was used already, has run out, or is for another address. Ask for another one.";
    case "INVALID_PASSWORD":
      return "That is not the password of this account.";
    case "INVALID_ORIGIN":
      return "This address is not one that the site trusts. Open it under its own address, or set PUBLIC_URL.";
  }
  if (status === 0 || status >= 500) return ACCOUNTS_AWAY;
  return message || "That did not work. Try again.";
}
