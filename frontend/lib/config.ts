import { readFileSync } from "node:fs";
import { hostname } from "node:os";

/** Which chat panel the browser shows: ours, OpenAI's, or OpenAI's where it is allowed and loads. */
export type ChatUi = "auto" | "builtin" | "chatkit";

/** Everything the server reads from its environment, checked and typed. */
export interface Config {
  /** The address as it is now: one from a file may change while the process runs. */
  databaseUrl: () => string;
  authSecret: string;
  /** Newest first. The first one signs; the others still decrypt what they encrypted. Empty: no rotation yet. */
  authSecrets: { version: number; value: string }[];
  backendUrl: URL;
  /** The one public origin, or null: every host name that reaches us is served as itself. */
  publicOrigin: string | null;
  /** Other origins whose pages may call us with a session cookie. */
  trustedOrigins: string[];
  chatUi: ChatUi;
  chatkitEnabled: boolean;
  chatkitDomainKey: string | null;
  podName: string;
  /** How long the assistant may take to begin its answer. */
  assistantTimeoutMs: number;
}

/** Settings that are missing or malformed, one readable line each; values are never part of a line. */
export class ConfigError extends Error {
  constructor(readonly problems: string[]) {
    super(problems.join("\n"));
    this.name = "ConfigError";
  }
}

const MIN_SECRET_LENGTH = 32;
const CHAT_UIS: readonly ChatUi[] = ["auto", "builtin", "chatkit"];

/**
 * Reads the settings from an environment; an empty string counts as unset.
 * @throws ConfigError with every problem found, not only the first.
 */
export function parseConfig(env: Record<string, string | undefined>): Config {
  const problems: string[] = [];
  const read = (name: string): string | null => env[name]?.trim() || null;
  const problem = (name: string, what: string): null => {
    problems.push(`${name}: ${what}`);
    return null;
  };

  const databaseUrl = databaseAddress(read("DATABASE_URL"), read("DATABASE_URL_FILE"), (what) =>
    problem("DATABASE_URL", what),
  );

  const authSecret =
    read("BETTER_AUTH_SECRET") ??
    problem("BETTER_AUTH_SECRET", "is not set; make one with: openssl rand -base64 32");
  if (authSecret && authSecret.length < MIN_SECRET_LENGTH) {
    problem(
      "BETTER_AUTH_SECRET",
      `is shorter than ${MIN_SECRET_LENGTH} characters; make one with: openssl rand -base64 32`,
    );
  }

  const authSecrets = parseSecrets(read("BETTER_AUTH_SECRETS"), (what) =>
    problem("BETTER_AUTH_SECRETS", what),
  );

  const origin = (name: string, value: string): string | null => {
    const url = parseHttpUrl(value);
    if (!url) return problem(name, "is not an http:// or https:// address");
    if (url.pathname !== "/" || url.search)
      return problem(name, "must be an origin, without a path");
    return url.origin;
  };

  const backend = read("BACKEND_URL");
  const backendOrigin = backend
    ? origin("BACKEND_URL", backend)
    : problem("BACKEND_URL", "is not set; give the backend's address, http://host:8000");

  const publicUrl = read("PUBLIC_URL");
  const publicOrigin = publicUrl ? origin("PUBLIC_URL", publicUrl) : null;
  const trustedOrigins = (read("TRUSTED_ORIGINS") ?? "")
    .split(",")
    .map((part) => part.trim())
    .filter(Boolean)
    .map((part) => origin("TRUSTED_ORIGINS", part))
    .filter((part): part is string => part !== null);

  const chatUi = (read("CHAT_UI") ?? "auto") as ChatUi;
  if (!CHAT_UIS.includes(chatUi)) problem("CHAT_UI", `must be one of ${CHAT_UIS.join(", ")}`);

  const chatkitEnabled = read("CHATKIT_ENABLED") ?? "false";
  if (!["true", "false"].includes(chatkitEnabled))
    problem("CHATKIT_ENABLED", "must be true or false");

  const assistantTimeout = Number(read("ASSISTANT_TIMEOUT_SECONDS") ?? 240);
  if (!(assistantTimeout >= 1 && assistantTimeout <= 3600))
    problem("ASSISTANT_TIMEOUT_SECONDS", "must be a number of seconds from 1 to 3600");

  if (problems.length > 0 || !databaseUrl || !authSecret || !backendOrigin)
    throw new ConfigError(problems);
  return {
    databaseUrl,
    authSecret,
    authSecrets,
    backendUrl: new URL(backendOrigin),
    publicOrigin,
    trustedOrigins,
    chatUi,
    chatkitEnabled: chatkitEnabled === "true",
    chatkitDomainKey: read("CHATKIT_DOMAIN_KEY"),
    podName: read("POD_NAME") ?? hostname(),
    assistantTimeoutMs: assistantTimeout * 1000,
  };
}

let parsed: Config | undefined;

/** The settings of this process, parsed at first use. */
export function getConfig(): Config {
  return (parsed ??= parseConfig(process.env));
}

/**
 * The database's address, from a variable or from a file. The file is read again whenever the address is needed;
 * while it holds nothing usable, as in the middle of being replaced, the last good address stays.
 */
function databaseAddress(
  value: string | null,
  file: string | null,
  problem: (what: string) => null,
): (() => string) | null {
  const HINT = "give the PostgreSQL address, postgresql://user:password@host/database";
  if (value && file) return problem("is set, and DATABASE_URL_FILE too; keep one of them");
  let known = file ? readFile(file) : value;
  if (known === null) {
    return problem(
      file
        ? `the file that DATABASE_URL_FILE names cannot be read; ${HINT}`
        : `is not set; ${HINT}`,
    );
  }
  if (!known) return problem(`the file that DATABASE_URL_FILE names is empty; ${HINT}`);
  if (!isPostgresAddress(known)) {
    return problem(
      "is not a PostgreSQL address; it must begin with postgresql:// or postgres://, special characters as %XX",
    );
  }
  if (!file) return () => value!;
  return () => {
    const found = readFile(file);
    if (found && isPostgresAddress(found)) known = found;
    return known!;
  };
}

function readFile(path: string): string | null {
  try {
    return readFileSync(path, "utf8").trim();
  } catch {
    return null;
  }
}

/** Whether node-postgres can read it; an empty host stands for a socket's folder in the query. */
function isPostgresAddress(value: string): boolean {
  return /^postgres(ql)?:\/\//.test(value) && URL.canParse(value.replace("@/", "@localhost/"));
}

/** Reads `2:new,1:old` as Better Auth does: a version number and a secret, the signing one first. */
function parseSecrets(
  value: string | null,
  problem: (what: string) => null,
): { version: number; value: string }[] {
  if (!value) return [];
  const secrets = value.split(",").map((entry) => {
    const [, version, secret] = /^\s*(\d+):(.*\S)\s*$/.exec(entry) ?? [];
    return { version: Number(version), value: secret ?? "" };
  });
  if (secrets.some(({ value: secret }) => !secret)) {
    problem("must look like 2:new-secret,1:old-secret");
  } else if (secrets.some(({ value: secret }) => secret.length < MIN_SECRET_LENGTH)) {
    problem(`holds a secret shorter than ${MIN_SECRET_LENGTH} characters`);
  } else if (new Set(secrets.map(({ version }) => version)).size < secrets.length) {
    problem("uses a version number twice");
  }
  return secrets;
}

function parseHttpUrl(value: string): URL | null {
  const url = URL.canParse(value) ? new URL(value) : null;
  return url && (url.protocol === "http:" || url.protocol === "https:") ? url : null;
}
