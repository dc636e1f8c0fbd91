import { useState } from "react";
import { authErrorText, type AuthError } from "@/lib/auth/error-text";
import { showDone } from "@/lib/notices";

/** Makes a change of the account: busy meanwhile; then says that it is done, or why not. */
export function useSaving(done: string, onRefused: (text: string, code: string) => void) {
  const [isBusy, setBusy] = useState(false);

  /** Whether it is done. */
  async function save(change: Promise<{ error: AuthError | null }>): Promise<boolean> {
    setBusy(true);
    const { error } = await change;
    setBusy(false);
    if (error) onRefused(authErrorText(error), error.code ?? "");
    else showDone("account", done);
    return !error;
  }

  return { isBusy, save };
}
