"use client";

import { useState } from "react";
import { defaultsOf, type Place } from "../places/places";
import { useView } from "../places/use-place";
import { monthOf } from "./month";

/** What a calendar shows, and its chosen day, which is in its month. */
export interface Calendar {
  month: string;
  day: string;
  /** Chooses a day, of whichever month. */
  choose: (day: string) => void;
}

/** The calendar that a place is shown as; null for a list. */
export function useCalendar(place: Place, today: string): Calendar | null {
  const [view, setView] = useView(place);
  const [chosen, setChosen] = useState<string>();
  if (view.name === "list") return null;
  const thisMonth = monthOf(today);
  const month = view.month ?? thisMonth;
  // Before a day is chosen, the one on which the place's new tasks are due.
  const likely = [chosen, defaultsOf(place, today).due_date, today];
  const day = likely.find((one) => one && monthOf(one) === month) ?? `${month}-01`;
  const choose = (next: string) => {
    const nextMonth = monthOf(next);
    setChosen(next);
    if (nextMonth !== month)
      setView({ name: "calendar", month: nextMonth === thisMonth ? null : nextMonth });
  };
  return { month, day, choose };
}
