import { useEffect } from "react";

/** Loads a page anew that the browser brings back from its memory: it may be of somebody who has signed out since. */
export function useFreshPage(): void {
  useEffect(() => {
    const loadAnew = (event: PageTransitionEvent) => event.persisted && window.location.reload();
    window.addEventListener("pageshow", loadAnew);
    return () => window.removeEventListener("pageshow", loadAnew);
  }, []);
}
