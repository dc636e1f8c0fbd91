"use client";

import { showFailure } from "../notices";
import { authClient } from "./client";
import { authErrorText } from "./error-text";
import { useLeave } from "./use-leave";

/** Signs out and leaves; tells why where that does not work. */
export function useSignOut(): () => Promise<void> {
  const leave = useLeave();
  return async () => {
    const error = await leave(() => authClient.signOut());
    if (error) showFailure("You are still signed in", new Error(authErrorText(error)));
  };
}
