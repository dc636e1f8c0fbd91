import { BetterAuthError } from "better-auth";
import { parseEnvelope, symmetricDecrypt } from "better-auth/crypto";
import type { Condition } from "../codes";
import { getConfig } from "../config";
import { getProbe } from "../database";
import { log } from "../log";
import { getAuth } from "./server";

/** The key that signs, as Better Auth chooses it; none in a fresh database, where the first sign-in makes it. */
const NEWEST = `
  SELECT "privateKey" FROM jwks WHERE "expiresAt" IS NULL OR "expiresAt" > now()
  ORDER BY "createdAt" DESC LIMIT 1`;

const READABLE: Condition = { code: "ok", detail: "readable" };

/** What the last look found: a good answer stands, undefined is that there is still one to be made. */
let known: Condition | undefined;
let running: Promise<Condition> | undefined;

/**
 * Whether the signing keys can be read, or why not.
 *
 * Looks at the database once in a process's life, and then each time until what it finds is good.
 */
export function signingKeyCondition(): Promise<Condition> {
  if (known?.code === "ok") return Promise.resolve(known);
  running ??= check().finally(() => (running = undefined));
  return running;
}

/** Why an account request failed, when it did because the signing keys cannot be read; null otherwise. */
export async function unreadableKeysBehind(error: unknown): Promise<Condition | null> {
  // Better Auth's own errors are not those of a database that is unreachable: that one need not be asked.
  if (!(error instanceof BetterAuthError)) return null;
  if (known?.code === "ok") known = undefined;
  const found = await signingKeyCondition();
  return found.code === "ok" ? null : found;
}

async function check(): Promise<Condition> {
  const found = await look().catch((error: Error): Condition => ({
    code: "database_error",
    detail: `the signing keys cannot be looked at: ${error.message}`,
  }));
  if (found.code !== "ok" && found.detail !== known?.detail)
    log("error", "not ready", { code: found.code, reason: found.detail });
  return (known = found);
}

async function look(): Promise<Condition> {
  const { rows } = await getProbe().query<{ privateKey: string }>(NEWEST);
  if (!rows[0]) return READABLE;
  const auth = getAuth(new Headers({ host: "localhost" }));
  const { secretConfig } = await auth!.$context;
  const data = JSON.parse(rows[0].privateKey) as string;
  return symmetricDecrypt({ key: secretConfig, data }).then(
    () => READABLE,
    (): Condition => ({ code: "signing_keys_unreadable", detail: wrongSecret(data) }),
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
