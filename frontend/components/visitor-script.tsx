"use client";

import { useEffect } from "react";

/**
 * Runs the pages' own script where React draws them after all: while developing, and where a page of somebody whose session
 * has ended leads here. A finished build sends it by itself (scripts/lighten-pages.mjs).
 */
export function VisitorScript() {
  useEffect(() => {
    void import("@/visitor/start").then(({ start }) => start());
  }, []);
  return null;
}
