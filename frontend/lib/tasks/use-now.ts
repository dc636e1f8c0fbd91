"use client";

import { useEffect, useState } from "react";

const MINUTE_MS = 60_000;

/** The present, to the minute: what is due becomes overdue, and today yesterday, on a page left open. */
export function useNow(): Date {
  const [now, setNow] = useState(() => new Date());
  useEffect(() => {
    const timer = setInterval(() => setNow(new Date()), MINUTE_MS);
    return () => clearInterval(timer);
  }, []);
  return now;
}
