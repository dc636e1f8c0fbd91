"use client";

import { createAuthClient } from "better-auth/react";

/** Better Auth in the browser, talking to the origin that the page came from. */
export const authClient = createAuthClient();
