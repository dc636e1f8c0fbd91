import type { BetterAuthPlugin } from "better-auth";
import { APIError, createAuthMiddleware } from "better-auth/api";
import { characters, isBlank } from "./text";

/** In UTF-8. An address is in every token, and RFC 5321 lets none be longer. */
const MAX_BYTES: Record<string, number> = {
  email: 254,
  name: 1024,
  password: 4096,
  newPassword: 4096,
  currentPassword: 4096,
};
/** Of every other field, written as JSON. */
const MAX_OTHER_BYTES = 2048;

const MAX_NAME_CHARACTERS = 100;

function refuse(code: string, message: string): never {
  throw new APIError("BAD_REQUEST", { code, message });
}

function checkSize(field: string, value: unknown): void {
  const text = typeof value === "string" ? value : (JSON.stringify(value) ?? "");
  if (Buffer.byteLength(text) <= (MAX_BYTES[field] ?? MAX_OTHER_BYTES)) return;
  refuse("FIELD_TOO_LONG", `The field ${field.slice(0, 40)} is too long.`);
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
            for (const [field, value] of Object.entries(body)) checkSize(field, value);
            if (ctx.path === "/sign-up/email" || body.name !== undefined) checkName(body.name);
            return Promise.resolve();
          }),
        },
      ],
    },
  } satisfies BetterAuthPlugin;
}
