import { hasInvisible, looksLikeAddress } from "../lib/auth/address";
import {
  invitationLink,
  NoLink,
  passwordLink,
  type AccountStore,
  type OneTimeLink,
} from "../lib/auth/one-time-links";
import { getAuth } from "../lib/auth/server";

type MakeLink = (store: AccountStore, email: string, origin: string) => Promise<OneTimeLink>;

/** What operators have done beside the server: `node server.js COMMAND EMAIL ORIGIN`. No address leads here. */
const COMMANDS: Record<string, MakeLink> = {
  invite: invitationLink,
  "reset-password": passwordLink,
};

/** sysexits.h EX_DATAERR: what was asked for cannot be, and the output says why. */
const EXIT_REFUSED = 65;

/**
 * Runs a command, prints one JSON object, a link or the words of a refusal, and ends the process.
 * @param given the command, the address that it is for, and the public origin where no setting has it.
 */
export async function runCommand(given: readonly string[]): Promise<void> {
  let code = 1;
  try {
    const answered = await answer(given);
    code = "refusal" in answered ? EXIT_REFUSED : 0;
    await new Promise((done) => process.stdout.write(`${JSON.stringify(answered)}\n`, done));
  } catch (error) {
    process.stderr.write(`${String(error)}\n`);
  }
  // Open connections to the database would keep it for a minute.
  process.exit(code);
}

/** What a command prints. */
export async function answer([name = "", email = "", origin = ""]: readonly string[]): Promise<
  OneTimeLink | { refusal: string }
> {
  const makeLink = COMMANDS[name];
  if (!makeLink) return { refusal: `there is no command ${name}` };
  const address = email.trim().toLowerCase();
  if (!looksLikeAddress(address)) return { refusal: `${email || "nothing"} is no email address` };
  if (hasInvisible(address))
    return { refusal: `${email} has characters that nobody sees: type the address anew` };
  const auth = getAuth(new Headers({ host: "localhost" }))!;
  try {
    return await makeLink(await auth.$context, address, origin);
  } catch (error) {
    if (error instanceof NoLink) return { refusal: error.message };
    throw error;
  }
}
