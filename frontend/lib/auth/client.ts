"use client";

import { inferAdditionalFields } from "better-auth/client/plugins";
import { createAuthClient } from "better-auth/react";
import { USER_FIELDS } from "./user-fields";

/** A request that does not get through is answered with status 0: an error like any other, nothing is thrown. */
const answered: typeof fetch = (...request) => fetch(...request).catch(() => Response.error());

/** Better Auth in the browser, talking to the origin that the page came from. */
export const authClient = createAuthClient({
  fetchOptions: { customFetchImpl: answered },
  plugins: [inferAdditionalFields({ user: USER_FIELDS })],
});
