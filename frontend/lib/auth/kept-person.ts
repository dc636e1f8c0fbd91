const KEY = "todo-stack.person";

/** What the server says of a session, as far as it is used here. */
interface Session {
  session: { expiresAt: string; token?: string };
  user: { id: string };
}

/** A browser's window. One may refuse to keep anything, and throws where its store is named. */
export interface Keeper {
  localStorage: Pick<Storage, "getItem" | "setItem" | "removeItem">;
}

/** Keeps who is signed in on this device, for when the server cannot be asked; null has nobody kept. The token is not. */
export function keepPerson(keeper: Keeper, session: Session | null): void {
  try {
    if (!session) return keeper.localStorage.removeItem(KEY);
    const withoutToken = (name: string, value: unknown) => (name === "token" ? undefined : value);
    keeper.localStorage.setItem(KEY, JSON.stringify(session, withoutToken));
  } catch {
    // The app shows nothing without the server then.
  }
}

/** Who was signed in when the server was last asked, unless that has run out; null for nobody. */
export function keptPerson(keeper: Keeper): Session | null {
  try {
    const kept = JSON.parse(keeper.localStorage.getItem(KEY)!) as Session | null;
    return kept && Date.parse(kept.session.expiresAt) > Date.now() ? kept : null;
  } catch {
    return null;
  }
}
