/** What an account has of ours, beside Better Auth's fields: columns of its table. */
export const USER_FIELDS = {
  timeZone: { type: "string", required: false },
} as const;
