"use client";

import { onDemandOverlay } from "@/lib/on-demand";

/** The help on keys before the page. */
export const { Part: ShortcutsModal } = onDemandOverlay(() =>
  import("./shortcuts").then(({ Shortcuts }) => Shortcuts),
);
