import { APIError } from "better-auth/api";

/** The refusal of what would be done too often, and when to try again. */
export function tooMany(code: string, message: string, seconds: number): APIError {
  return new APIError("TOO_MANY_REQUESTS", { code, message }, { "Retry-After": String(seconds) });
}
