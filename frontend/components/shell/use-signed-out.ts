import { useEffect } from "react";
import { authClient } from "@/lib/auth/client";
import { leaveToSignIn } from "@/lib/auth/leaving";

/** Whether nobody is signed in any more, be it by another tab: the page is then left, and should show nothing. */
export function useSignedOut(): boolean {
  const { data, error, isPending } = authClient.useSession();
  const signedOut = !data && !error && !isPending;
  useEffect(() => {
    if (signedOut) leaveToSignIn();
  }, [signedOut]);
  return signedOut;
}
