import { authClient } from "./client";

type Session = typeof authClient.$Infer.Session;

/** Who is signed in, as far as this page knows already. */
export function knownSession(): Session | null {
  // Not by `get`, which would ask the server where nobody has.
  const known = authClient.$store.atoms.session?.value as { data: Session | null } | undefined;
  return known?.data ?? null;
}
