"use client";

import { showFailure } from "../notices";
import { authClient } from "./client";
import { authErrorText } from "./error-text";
import { knownSession } from "./known-session";
import { useLeave } from "./use-leave";

const UNSENT = "Changes that are not sent would be lost. Send or discard them in your list first.";

async function countUnsent(): Promise<number> {
  const session = knownSession();
  const { countWaiting } = await import("../offline/forget");
  return session ? countWaiting(session.user.id) : 0;
}

/** Signs out and leaves; tells why where that does not work. */
export function useSignOut(): () => Promise<void> {
  const leave = useLeave();
  return async () => {
    const unsent = await countUnsent().catch(() => 0);
    if (unsent > 0) return showFailure("You are still signed in", new Error(UNSENT));
    const error = await leave(() => authClient.signOut());
    if (error) showFailure("You are still signed in", new Error(authErrorText(error)));
  };
}
