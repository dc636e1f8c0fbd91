"use client";

import { useEffect, useEffectEvent, useLayoutEffect, useRef } from "react";

/** Has an element take the focus when the component that calls this goes with it; not when something else takes it. */
export function useFocusBack(element: () => HTMLElement | null): void {
  const isHeld = useRef(false);
  // Before it is taken from the page: nothing has the focus then while it moves on.
  useLayoutEffect(() => () => void (isHeld.current = document.activeElement !== document.body), []);
  const giveBack = useEffectEvent(() => {
    if (isHeld.current && document.activeElement === document.body) element()?.focus();
  });
  useEffect(() => () => giveBack(), []);
}
