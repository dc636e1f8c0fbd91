import type { Task } from "../api/types";
import { dayHeading, dayIn, DUE_GROUPS, dueDay, dueGroup } from "./due";

/** By what the headings of a list in the order of due dates are made: how soon, or day by day; null for none. */
export type Grouping = "due" | "day" | null;

export interface Section {
  heading: string | null;
  items: Task[];
}

/** The tasks under their headings, in the order that they have. `locale` writes the days; default: the browser's. */
export function sections(
  tasks: Task[],
  grouping: Grouping,
  timeZone: string,
  now: Date,
  locale?: string,
): Section[] {
  if (grouping === null) return [{ heading: null, items: tasks }];
  const today = dayIn(timeZone, now);
  const headingOf = (task: Task) => {
    const day = dueDay(task, timeZone);
    return grouping === "day" && day && day > today
      ? dayHeading(day, today, locale)
      : dueGroup(task, timeZone, now);
  };
  // A date without a time has the same heading each time: most of ten thousand tasks are not looked at twice.
  const ofDates = new Map<string | null, string>();
  const knownHeadingOf = (task: Task) => {
    if (task.due_time) return headingOf(task);
    const known = ofDates.get(task.due_date) ?? headingOf(task);
    ofDates.set(task.due_date, known);
    return known;
  };
  const found = new Map<string, Task[]>();
  // What is overdue by its time may come after what is due at any time of today.
  if (grouping === "due") for (const heading of DUE_GROUPS) found.set(heading, []);
  for (const task of tasks) {
    const heading = knownHeadingOf(task);
    const items = found.get(heading);
    if (items) items.push(task);
    else found.set(heading, [task]);
  }
  return [...found].map(([heading, items]) => ({ heading, items })).filter(hasItems);
}

const hasItems = ({ items }: Section) => items.length > 0;
