// Plain JavaScript, so that `node check.mjs` judges the settings with nothing built and nothing installed.
import { readFileSync } from "node:fs";
import { hostname } from "node:os";

/**
 * @import { ChatUi, Config, MailSettings, SignUp } from "./config"
 * @import { Code, Condition } from "./codes"
 */

/** sysexits.h EX_CONFIG: tells a supervisor that a restart alone will not help. */
export const EXIT_CONFIG = 78;

const MIN_SECRET_LENGTH = 32;
/** @type {readonly ChatUi[]} */
const CHAT_UIS = ["auto", "builtin", "chatkit"];
/** @type {readonly SignUp[]} */
const SIGN_UPS = ["open", "confirmed", "closed"];

/** Settings that are missing or malformed, in one readable line each; values are never part of a line. */
export class ConfigError extends Error {
  /** @param {Condition[]} problems */
  constructor(problems) {
    super(problems.map(({ detail }) => detail).join("\n"));
    this.name = "ConfigError";
    this.problems = problems;
  }
}

/**
 * Reads the settings from an environment; an empty string counts as unset.
 * @param {Record<string, string | undefined>} env
 * @returns {Config}
 * @throws {ConfigError} with every problem found, not only the first.
 */
export function parseConfig(env) {
  /** @type {Condition[]} */
  const problems = [];
  /** @param {string} name */
  const read = (name) => env[name]?.trim() || null;
  /** @type {(name: string, what: string, code?: Code) => null} */
  const problem = (name, what, code = "setting_invalid") => {
    problems.push({ code, setting: name, detail: `${name}: ${what}` });
    return null;
  };

  const databaseUrl = databaseAddress(
    read("DATABASE_URL"),
    read("DATABASE_URL_FILE"),
    (what, code) => problem("DATABASE_URL", what, code),
  );

  const authSecret =
    read("BETTER_AUTH_SECRET") ??
    problem(
      "BETTER_AUTH_SECRET",
      "is not set; make one with: openssl rand -base64 32",
      "setting_missing",
    );
  if (authSecret && authSecret.length < MIN_SECRET_LENGTH) {
    problem(
      "BETTER_AUTH_SECRET",
      `is shorter than ${MIN_SECRET_LENGTH} characters; make one with: openssl rand -base64 32`,
      "setting_too_short",
    );
  }

  const authSecrets = parseSecrets(read("BETTER_AUTH_SECRETS"), (what, code) =>
    problem("BETTER_AUTH_SECRETS", what, code),
  );

  /** @type {(name: string, value: string) => string | null} */
  const origin = (name, value) => {
    const url = parseHttpUrl(value);
    if (!url) return problem(name, "is not an http:// or https:// address");
    if (url.pathname !== "/" || url.search)
      return problem(name, "must be an origin, without a path");
    return url.origin;
  };

  const backend = read("BACKEND_URL");
  const backendOrigin = backend
    ? origin("BACKEND_URL", backend)
    : problem(
        "BACKEND_URL",
        "is not set; give the backend's address, http://host:8000",
        "setting_missing",
      );

  const backendPods = read("BACKEND_PODS_URL");
  const backendPodsOrigin = backendPods ? origin("BACKEND_PODS_URL", backendPods) : null;

  const publicUrl = read("PUBLIC_URL");
  const publicOrigin = publicUrl ? origin("PUBLIC_URL", publicUrl) : null;
  const trustedOrigins = (read("TRUSTED_ORIGINS") ?? "")
    .split(",")
    .map((part) => part.trim())
    .filter(Boolean)
    .map((part) => origin("TRUSTED_ORIGINS", part))
    .filter((part) => part !== null);

  const mail = mailSettings(read("SMTP_URL"), read("MAIL_FROM"), publicUrl, problem);

  const signUp = /** @type {SignUp} */ (read("SIGN_UP") ?? (mail ? "confirmed" : "open"));
  if (!SIGN_UPS.includes(signUp)) problem("SIGN_UP", `must be one of ${SIGN_UPS.join(", ")}`);
  if (signUp === "confirmed" && !read("SMTP_URL") && !read("MAIL_FROM"))
    problem(
      "SMTP_URL",
      "is not set, and SIGN_UP=confirmed needs it: give the mail server, smtp://user:password@host:587",
      "setting_missing",
    );

  const trustedProxies = Number(read("TRUSTED_PROXIES") ?? 0);
  if (!(Number.isInteger(trustedProxies) && trustedProxies >= 0 && trustedProxies <= 10))
    problem("TRUSTED_PROXIES", "must be a whole number from 0 to 10");

  const chatUi = /** @type {ChatUi} */ (read("CHAT_UI") ?? "auto");
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
    backendPodsUrl: backendPodsOrigin ? new URL(backendPodsOrigin) : null,
    publicOrigin,
    trustedOrigins,
    mail,
    signUp,
    trustedProxies,
    chatUi,
    chatkitEnabled: chatkitEnabled === "true",
    chatkitDomainKey: read("CHATKIT_DOMAIN_KEY"),
    podName: read("POD_NAME") ?? hostname(),
    assistantTimeoutMs: assistantTimeout * 1000,
  };
}

/**
 * The database's address, from a variable or from a file. The file is read again whenever the address is needed;
 * while it holds nothing usable, as in the middle of being replaced, the last good address stays.
 * @param {string | null} value
 * @param {string | null} file
 * @param {(what: string, code?: Code) => null} problem
 * @returns {(() => string) | null}
 */
function databaseAddress(value, file, problem) {
  const HINT = "give the PostgreSQL address, postgresql://user:password@host/database";
  if (value && file)
    return problem("is set, and DATABASE_URL_FILE too; keep one of them", "setting_conflict");
  const known = file ? readFile(file) : value;
  if (known === null) {
    return problem(
      file
        ? `the file that DATABASE_URL_FILE names cannot be read; ${HINT}`
        : `is not set; ${HINT}`,
      "setting_missing",
    );
  }
  if (!known)
    return problem(`the file that DATABASE_URL_FILE names is empty; ${HINT}`, "setting_missing");
  if (!isPostgresAddress(known)) {
    return problem(
      "is not a PostgreSQL address; it must begin with postgresql:// or postgres://, special characters as %XX",
    );
  }
  let good = known;
  if (!file) return () => good;
  return () => {
    const found = readFile(file);
    if (found && isPostgresAddress(found)) good = found;
    return good;
  };
}

/**
 * @param {string} path
 * @returns {string | null}
 */
function readFile(path) {
  try {
    return readFileSync(path, "utf8").trim();
  } catch {
    return null;
  }
}

/**
 * Whether node-postgres can read it; an empty host stands for a socket's folder in the query.
 * @param {string} value
 */
function isPostgresAddress(value) {
  return /^postgres(ql)?:\/\//.test(value) && URL.canParse(value.replace("@/", "@localhost/"));
}

/**
 * Reads `2:new,1:old` as Better Auth does: a version number and a secret, the signing one first.
 * @param {string | null} value
 * @param {(what: string, code?: Code) => null} problem
 * @returns {Config["authSecrets"]}
 */
function parseSecrets(value, problem) {
  if (!value) return [];
  const secrets = value.split(",").map((entry) => {
    const [, version, secret] = /^\s*(\d+):(.*\S)\s*$/.exec(entry) ?? [];
    return { version: Number(version), value: secret ?? "" };
  });
  if (secrets.some(({ value: secret }) => !secret)) {
    problem("must look like 2:new-secret,1:old-secret");
  } else if (secrets.some(({ value: secret }) => secret.length < MIN_SECRET_LENGTH)) {
    problem(`holds a secret shorter than ${MIN_SECRET_LENGTH} characters`, "setting_too_short");
  } else if (new Set(secrets.map(({ version }) => version)).size < secrets.length) {
    problem("uses a version number twice");
  }
  return secrets;
}

/**
 * How mails are sent, by two settings that go together. They need PUBLIC_URL too: a link in a mail never leads to the host
 * that a request names, which is for whoever asks to write.
 * @param {string | null} smtpUrl
 * @param {string | null} mailFrom
 * @param {string | null} publicUrl
 * @param {(name: string, what: string, code?: Code) => null} problem
 * @returns {MailSettings | null} null where none are sent, and with a problem.
 */
function mailSettings(smtpUrl, mailFrom, publicUrl, problem) {
  if (!smtpUrl && !mailFrom) return null;
  if (!publicUrl)
    problem(
      "PUBLIC_URL",
      "is not set, and mails need it (SMTP_URL): their links lead there, never to the host that a request names",
      "setting_missing",
    );
  const server = smtpUrl
    ? (parseSmtpUrl(smtpUrl) ??
      problem(
        "SMTP_URL",
        "must look like smtp://user:password@host:587 or smtps://host:465, special characters as %XX",
      ))
    : problem(
        "SMTP_URL",
        "is not set, and MAIL_FROM is; give the mail server, smtp://user:password@host:587",
        "setting_missing",
      );
  const from = mailFrom
    ? (parseMailbox(mailFrom) ??
      problem("MAIL_FROM", "must look like Todo Stack <todo@example.org> or todo@example.org"))
    : problem(
        "MAIL_FROM",
        "is not set, and SMTP_URL is; give who mails are from, Todo Stack <todo@example.org>",
        "setting_missing",
      );
  return server && from && { ...server, from };
}

const SMTP_URL =
  /^(?<scheme>smtps?):\/\/((?<user>[^\s:/?#@]+):(?<password>[^\s/?#@]+)@)?(?<host>\[[\da-f:.]+\]|[\w.-]+)(:(?<port>\d{1,5}))?\/?$/i;

/**
 * @param {string} value
 * @returns {Omit<MailSettings, "from"> | null}
 */
function parseSmtpUrl(value) {
  const { scheme, user, password, host, port } = SMTP_URL.exec(value)?.groups ?? {};
  if (!scheme || !host) return null;
  const secure = scheme.toLowerCase() === "smtps";
  const number = Number(port ?? (secure ? 465 : 587));
  if (number < 1 || number > 65_535) return null;
  try {
    const login =
      user && password
        ? { user: decodeURIComponent(user), password: decodeURIComponent(password) }
        : null;
    return { host: host.replace(/^\[|\]$/g, ""), port: number, secure, login };
  } catch {
    return null; // a % without two digits
  }
}

/**
 * Reads `Todo Stack <todo@example.org>`, its name perhaps in quotes, or an address alone.
 * @param {string} value
 * @returns {MailSettings["from"] | null}
 */
function parseMailbox(value) {
  const { quoted, plain, named, alone } =
    /^(("(?<quoted>[^"\\]*)"|(?<plain>[^"\\<>]*?))\s*<(?<named>[^<>]+)>|(?<alone>[^<>]+))$/.exec(
      value,
    )?.groups ?? {};
  const name = (quoted ?? plain ?? "").trim();
  const address = named ?? alone ?? "";
  const isSound = /^[^\s@"(),:;[\]\\]+@[^\s@"(),:;[\]\\]+$/.test(address) && !/\p{C}/u.test(value);
  return isSound ? { name, address } : null;
}

/**
 * @param {string} value
 * @returns {URL | null}
 */
function parseHttpUrl(value) {
  const url = URL.canParse(value) ? new URL(value) : null;
  return url && (url.protocol === "http:" || url.protocol === "https:") ? url : null;
}
