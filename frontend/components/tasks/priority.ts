import type { Priority } from "@/lib/api/types";

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
