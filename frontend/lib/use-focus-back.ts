"use client";

import { useEffect, useEffectEvent } from "react";

/** Has an element take the focus when the component that calls this goes with it. */
export function useFocusBack(element: () => HTMLElement | null): void {
  const giveBack = useEffectEvent(() => {
    if (document.activeElement === document.body) element()?.focus();
  });
  useEffect(() => () => giveBack(), []);
}
