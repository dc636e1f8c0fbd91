import { PRIORITIES, type Priority } from "@/lib/api/types";
import type { MenuEntry } from "../menu-entries";

export const PRIORITY_LABELS: Record<Priority, string> = {
  none: "None",
  low: "Low",
  medium: "Medium",
  high: "High",
};

export const PRIORITY_COLORS: Record<Priority, string> = {
  none: "var(--ink-soft)",
  low: "var(--info)",
  medium: "var(--warning)",
  high: "var(--danger)",
};

/** The digits that stand for them, as in the words of a task: p1. */
export const PRIORITY_KEYS: Record<string, Priority> = {
  1: "high",
  2: "medium",
  3: "low",
  0: "none",
};

/** The part of a menu that sets the priority of what has this one; of tasks that have several, none. */
export function priorityEntries(
  priority: Priority | undefined,
  onChange: (priority: Priority) => void,
): MenuEntry[] {
  const choices = [...PRIORITIES].reverse().map((value) => ({
    label: PRIORITY_LABELS[value],
    checked: value === priority,
    onClick: () => onChange(value),
  }));
  return [{ heading: "Priority" }, ...choices];
}
