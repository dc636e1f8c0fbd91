"use client";

import { useQueryClient } from "@tanstack/react-query";
import { dropDrafts } from "../drafts";
import type { AuthError } from "./error-text";
import { leaveFor } from "./leaving";

/**
 * Ends the session and leaves; answers why it did not work, or null. What the page asks for meanwhile would be refused:
 * it is given up first.
 */
export function useLeave() {
  const queryClient = useQueryClient();
  return async (endSession: () => Promise<{ error: AuthError | null }>) => {
    await queryClient.cancelQueries();
    const { error } = await endSession();
    if (error) void queryClient.invalidateQueries();
    else {
      dropDrafts(window);
      leaveFor("/");
    }
    return error;
  };
}
