import type { BetterAuthPlugin } from "better-auth";
import { APIError, createAuthMiddleware } from "better-auth/api";
import { isCommon } from "./common-passwords";
import { passwordProblem } from "./password-rules";
import { characters, isBlank } from "./text";

/** Long ones are taken, as far as hashing them costs no more than others. */
export const MAX_PASSWORD_BYTES = 4096;

const PASSWORDS = ["password", "newPassword", "currentPassword"];

/** In UTF-8. An address is in every token, and RFC 5321 lets none be longer. */
const MAX_BYTES: Record<string, number> = {
  email: 254,
  name: 1024,
  ...Object.fromEntries(PASSWORDS.map((field) => [field, MAX_PASSWORD_BYTES])),
};
/** Of every other field, written as JSON. */
const MAX_OTHER_BYTES = 2048;

const MAX_NAME_CHARACTERS = 100;

function refuse(code: string, message: string): never {
  throw new APIError("BAD_REQUEST", { code, message });
}

function checkField(field: string, value: unknown): void {
  const name = field.slice(0, 40);
  const text = typeof value === "string" ? value : asJson(value);
  if (text === null || Buffer.byteLength(text) > (MAX_BYTES[field] ?? MAX_OTHER_BYTES))
    refuse("FIELD_TOO_LONG", `The field ${name} is too long.`);
  // PostgreSQL keeps none; of a password it keeps a hash.
  if (text.includes("\0") && !PASSWORDS.includes(field))
    refuse("FIELD_UNREADABLE", `The field ${name} has a NUL character.`);
}

/** A value as JSON, null where it is nested too deeply for that. */
function asJson(value: unknown): string | null {
  try {
    return JSON.stringify(value) ?? "";
  } catch {
    return null;
  }
}

/** @throws APIError unless it is a name that can be shown. */
function checkName(name: unknown): void {
  if (typeof name !== "string" || isBlank(name))
    refuse("NAME_EMPTY", "Enter a name: it may not be empty.");
  if (characters(name) > MAX_NAME_CHARACTERS)
    refuse("NAME_TOO_LONG", `A name may have ${MAX_NAME_CHARACTERS} characters at most.`);
  // PostgreSQL keeps no NUL, and half of a surrogate pair is no text.
  if (/[\p{Cc}\p{Cs}]/u.test(name))
    refuse("NAME_UNREADABLE", "A name may not have control characters.");
}

/** @throws APIError unless it is a zone of the IANA's list, or null for none; a difference to UTC is none of them. */
function checkTimeZone(zone: unknown): void {
  if (zone === null) return;
  if (typeof zone === "string" && /^[a-z]/i.test(zone) && isZone(zone)) return;
  refuse("TIME_ZONE_UNKNOWN", "There is no such time zone.");
}

function isZone(zone: string): boolean {
  try {
    return Boolean(new Intl.DateTimeFormat("en", { timeZone: zone }));
  } catch {
    return false;
  }
}

/** @throws APIError unless it is a password to take. One that is no text is Better Auth's to refuse. */
function checkNewPassword(password: unknown): void {
  if (typeof password !== "string") return;
  const problem = passwordProblem(password);
  if (problem) refuse("PASSWORD_WEAK", problem);
  if (isCommon(password))
    refuse("PASSWORD_COMMON", "Many people use this password, so it is tried first. Take another.");
}

/** Nothing that a request brings is kept, hashed or put into a token before its size is known to be sensible. */
export function bounds() {
  return {
    id: "bounds",
    hooks: {
      before: [
        {
          matcher: ({ body }) => typeof body === "object" && body !== null,
          handler: createAuthMiddleware((ctx) => {
            const body = ctx.body as Record<string, unknown>;
            for (const [field, value] of Object.entries(body)) checkField(field, value);
            const isNew = ctx.path === "/sign-up/email";
            if (isNew || body.name !== undefined) checkName(body.name);
            checkTimeZone(body.timeZone ?? null);
            checkNewPassword(isNew ? body.password : body.newPassword);
            return Promise.resolve();
          }),
        },
      ],
    },
  } satisfies BetterAuthPlugin;
}
