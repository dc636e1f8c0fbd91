/** Kinds of conditions, the same on both tiers. `contracts/codes.json` says what each means. */
export const CODES = [
  "ok",
  "unknown",
  "database_login",
  "database_host",
  "database_unreachable",
  "database_starting",
  "database_full",
  "database_disk_full",
  "database_read_only",
  "database_missing",
  "database_rights",
  "database_tls",
  "database_error",
  "schema_missing",
  "schema_outdated",
  "schema_foreign",
  "schema_locked",
  "signing_keys_unreadable",
  "draining",
  "setting_missing",
  "setting_invalid",
  "setting_too_short",
  "setting_conflict",
] as const;

export type Code = (typeof CODES)[number];

/** How something is: a code for programs, words for people. `setting` names the variable that it is about, if any. */
export interface Condition {
  code: Code;
  setting?: string;
  detail: string;
}
