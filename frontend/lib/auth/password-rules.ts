import { characters, isBlank } from "./text";

const MIN_CHARACTERS = 8;

/** Why a text is no password to take, as far as it shows by itself; null when it is one, in any script. */
export function passwordProblem(password: string): string | null {
  if (password !== "" && isBlank(password)) return "A password may not be blank.";
  if (characters(password) < MIN_CHARACTERS) return `Use ${MIN_CHARACTERS} characters or more.`;
  return null;
}
