"use client";

import { useQueryClient } from "@tanstack/react-query";
import { dropDrafts } from "../drafts";
import type { AuthError } from "./error-text";
import { keepPerson } from "./kept-person";
import { knownSession } from "./known-session";
import { leaveFor } from "./leaving";

/** Has nothing left on this device of what was kept for use without the site. */
async function forgetKept(userId: string | undefined): Promise<void> {
  if (userId === undefined) return;
  const { forgetPerson } = await import("../offline/forget");
  await forgetPerson(userId);
}

/**
 * Ends the session and leaves; answers why it did not work, or null. What the page asks for meanwhile would be refused:
 * it is given up first.
 */
export function useLeave() {
  const queryClient = useQueryClient();
  return async (endSession: () => Promise<{ error: AuthError | null }>) => {
    const userId = knownSession()?.user.id;
    await queryClient.cancelQueries();
    const { error } = await endSession();
    if (error) void queryClient.invalidateQueries();
    else {
      dropDrafts(window);
      keepPerson(window, null);
      leaveFor("/", forgetKept(userId));
    }
    return error;
  };
}
