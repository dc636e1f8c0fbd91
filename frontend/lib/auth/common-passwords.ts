import { dictionary } from "@zxcvbn-ts/language-common";

/** The list is in the order of how often people use them, and in lower case. */
const COMMON = new Set(dictionary["passwords-common"].slice(0, 10_000));

/** Whether a password is among the 10,000 that are tried first, however its letters are written. */
export function isCommon(password: string): boolean {
  return COMMON.has(password.normalize("NFKC").trim().toLowerCase());
}
