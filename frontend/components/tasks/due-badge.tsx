import type { DueLabel } from "@/lib/tasks/due";
import { IconCalendar } from "../icons";
import classes from "./due-badge.module.css";

/** When a task is due, in the size and colour of what it stands in unless it is soon. */
export function DueBadge({ due: { text, tone } }: { due: DueLabel }) {
  return (
    <span className={classes.due} data-tone={tone}>
      <IconCalendar size={14} stroke={1.7} />
      {text}
    </span>
  );
}
