import { looksLikeAddress } from "../lib/auth/address";
import { passwordProblem } from "../lib/auth/password-rules";

/** How what is in a field is checked before it is sent. The server checks all of it again. */
export type Check = "filled" | "address" | "password";

/** Why what is in a field cannot be sent, in words; null when it can. */
const CHECKS: Record<Check, (value: string, problem: string) => string | null> = {
  filled: (value, problem) => (value.trim() ? null : problem),
  address: (value, problem) => (looksLikeAddress(value) ? null : problem),
  password: passwordProblem,
};

/** Why what is in a field cannot be sent, by what the field says of itself; null when it can. */
export function problemOf({ value, dataset }: HTMLInputElement): string | null {
  const check = dataset.check as Check | undefined;
  return check ? CHECKS[check](value, dataset.problem ?? "") : null;
}
