"use client";

import { inferAdditionalFields } from "better-auth/client/plugins";
import { createAuthClient } from "better-auth/react";
import { keepPerson, keptPerson } from "./kept-person";
import { USER_FIELDS } from "./user-fields";

/**
 * A request that does not get through is answered with status 0: an error like any other, nothing is thrown. Who is
 * signed in is answered with who was: the server has the last word as soon as it can be asked.
 */
const answered: typeof fetch = async (address, request) => {
  const isSession = String(address).includes("/get-session");
  try {
    const answer = await fetch(address, request);
    if (isSession && answer.ok) keepPerson(window, await answer.clone().json());
    return answer;
  } catch {
    const kept = isSession && keptPerson(window);
    return kept ? Response.json(kept) : Response.error();
  }
};

/** Better Auth in the browser, talking to the origin that the page came from. */
export const authClient = createAuthClient({
  fetchOptions: { customFetchImpl: answered },
  plugins: [inferAdditionalFields({ user: USER_FIELDS })],
});
