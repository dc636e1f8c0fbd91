"use client";

import { useEffect } from "react";
import { pathOf, type PlaceName } from "./places";
import { openPlace } from "./use-place";

/** After "g", for "go". */
const KEYS: Record<string, PlaceName> = {
  t: "today",
  u: "upcoming",
  a: "all",
  d: "done",
};
const PATIENCE_MS = 1_500;

/** Whether a key is text of a field, or one for a dialog. */
const isTaken = ({ target }: KeyboardEvent) =>
  target instanceof Element &&
  target.closest(
    "input, textarea, select, [contenteditable], dialog, [role=dialog], [role=menu]",
  ) !== null;

/** Goes to a place by two keys, one after the other; the second is then for nothing else. */
export function usePlaceKeys(): void {
  useEffect(() => {
    let begunAt = -Infinity;
    const onKey = (event: KeyboardEvent) => {
      const isSecond = event.timeStamp - begunAt < PATIENCE_MS;
      begunAt = -Infinity;
      if (event.ctrlKey || event.metaKey || event.altKey || isTaken(event)) return;
      if (event.key === "g") begunAt = event.timeStamp;
      else if (isSecond && Object.hasOwn(KEYS, event.key)) {
        event.preventDefault();
        openPlace(pathOf({ name: KEYS[event.key]! }));
      }
    };
    window.addEventListener("keydown", onKey, true);
    return () => window.removeEventListener("keydown", onKey, true);
  }, []);
}
