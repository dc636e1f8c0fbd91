/** Where Better Auth's endpoints are. */
export const AUTH_PATH = "/api/auth";
