"use client";

import { inferAdditionalFields } from "better-auth/client/plugins";
import { createAuthClient } from "better-auth/react";
import { patience } from "../offline/patience";
import { soon } from "../offline/soon";
import { setOffline } from "../offline/state";
import { keepPerson, keptPerson } from "./kept-person";
import { USER_FIELDS } from "./user-fields";

/**
 * A request that does not get through is answered with status 0: an error like any other, nothing is thrown. Who is
 * signed in is answered with who was, where the server does not say so soon: it has the last word as soon as it does.
 */
const answered: typeof fetch = async (address, request) => {
  if (!String(address).includes("/get-session"))
    return fetch(address, request).catch(() => Response.error());
  const asked = session(address, request).catch(() => Response.error());
  const answer = await (keptPerson(window) ? soon(asked, patience()) : asked);
  if (!answer) setOffline({ isSilent: true });
  if (answer && answer.type !== "error") return answer;
  const kept = keptPerson(window);
  return kept ? Response.json(kept) : asked;
};

async function session(...asked: Parameters<typeof fetch>): Promise<Response> {
  const answer = await fetch(...asked);
  setOffline({ isSilent: false });
  if (answer.ok) keepPerson(window, await answer.clone().json());
  return answer;
}

/** Better Auth in the browser, talking to the origin that the page came from. */
export const authClient = createAuthClient({
  fetchOptions: { customFetchImpl: answered },
  plugins: [inferAdditionalFields({ user: USER_FIELDS })],
});
