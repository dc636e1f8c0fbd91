import { useSyncExternalStore } from "react";

function subscribe(onChange: () => void) {
  window.addEventListener("hashchange", onChange);
  return () => window.removeEventListener("hashchange", onChange);
}

/** What a one-time link says to the page that it opens; null as long as the page is the one that is built ahead. */
export function useLink(): URLSearchParams | null {
  const hash = useSyncExternalStore<string | null>(
    subscribe,
    () => window.location.hash,
    () => null,
  );
  return hash === null ? null : new URLSearchParams(hash.slice(1));
}
