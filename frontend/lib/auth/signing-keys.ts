import { BetterAuthError } from "better-auth";
import { parseEnvelope, symmetricDecrypt } from "better-auth/crypto";
import { getConfig } from "../config";
import { getProbe } from "../database";
import { log } from "../log";
import { getAuth } from "./server";

/** The key that signs, as Better Auth chooses it; none in a fresh database, where the first sign-in makes it. */
const NEWEST = `
  SELECT "privateKey" FROM jwks WHERE "expiresAt" IS NULL OR "expiresAt" > now()
  ORDER BY "createdAt" DESC LIMIT 1`;

/** What the last look found: null is good and stands, undefined that there is still one to be made. */
let known: string | null | undefined;
let running: Promise<string | null> | undefined;

/**
 * Why the signing keys cannot be read, in words; null when they can.
 *
 * Looks at the database once in a process's life, and then each time until what it finds is good.
 */
export function signingKeyProblem(): Promise<string | null> {
  if (known === null) return Promise.resolve(null);
  running ??= check().finally(() => (running = undefined));
  return running;
}

/** Why an account request failed, when it did because the signing keys cannot be read; null otherwise. */
export async function unreadableKeysBehind(error: unknown): Promise<string | null> {
  // Better Auth's own errors are not those of a database that is unreachable: that one need not be asked.
  if (!(error instanceof BetterAuthError)) return null;
  if (known === null) known = undefined;
  return signingKeyProblem();
}

async function check(): Promise<string | null> {
  const found = await look().catch(
    (error: Error) => `the signing keys cannot be looked at: ${error.message}`,
  );
  if (found && found !== known) log("error", "not ready", { reason: found });
  return (known = found);
}

async function look(): Promise<string | null> {
  const { rows } = await getProbe().query<{ privateKey: string }>(NEWEST);
  if (!rows[0]) return null;
  const auth = getAuth(new Headers({ host: "localhost" }));
  const { secretConfig } = await auth!.$context;
  const data = JSON.parse(rows[0].privateKey) as string;
  return symmetricDecrypt({ key: secretConfig, data }).then(
    () => null,
    () => wrongSecret(data),
  );
}

/** What to do about keys that the present secrets cannot decrypt. */
function wrongSecret(data: string): string {
  const version = parseEnvelope(data)?.version;
  const made = "the signing keys in the database were made with another";
  if (version === undefined) {
    return (
      `${made} BETTER_AUTH_SECRET: put the former one back; to change it, leave it there ` +
      `and give both in BETTER_AUTH_SECRETS, as 2:new,1:old`
    );
  }
  return getConfig().authSecrets.some((secret) => secret.version === version)
    ? `${made} secret of version ${version}: put the former one back into BETTER_AUTH_SECRETS`
    : `the signing keys in the database need version ${version} of BETTER_AUTH_SECRETS: put it back, as ${version}:secret`;
}
