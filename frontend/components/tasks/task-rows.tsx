"use client";

import type { ReactNode } from "react";
import type { Task } from "@/lib/api/types";
import { TaskRow, type TaskRowProps } from "./task-row";
import { topOf } from "./row-window";
import { useRowWindow } from "./use-row-window";
import classes from "./task-list.module.css";

interface TaskRowsProps extends Omit<TaskRowProps, "task" | "isSelected" | "place" | "of"> {
  tasks: Task[];
  /** Whether only those rows are in the document that are near what is in sight, and the one that is held. */
  isLong: boolean;
  held: number | null;
  /** Whether more tasks of these may come. */
  goesOn: boolean;
  selected?: ReadonlySet<number>;
}

/** Tasks as the rows of one list. */
export function TaskRows({ tasks, isLong, held, goesOn, selected, ...row }: TaskRowsProps) {
  const { list, from, to, ends } = useRowWindow(tasks);
  const parts: ReactNode[] = [];
  let drawn = 0;
  /** What stands in the place of the rows from the last one that is drawn to this one, or to the end. */
  function leaveOut(until: number) {
    if (until === drawn) return;
    const height = topOf(ends, until) - topOf(ends, drawn);
    // Named by the row that follows: of two that changed places, all rows between them would be put there anew.
    const key = `gap-${tasks[until]?.id}`;
    parts.push(<li key={key} className={classes.gap} style={{ height }} aria-hidden />);
  }

  tasks.forEach((task, index) => {
    if (isLong && (index < from || index >= to) && task.id !== held) return;
    leaveOut(index);
    drawn = index + 1;
    parts.push(
      <TaskRow
        key={task.id}
        task={task}
        place={isLong ? drawn : undefined}
        of={isLong ? (goesOn ? -1 : tasks.length) : undefined}
        isSelected={selected?.size ? selected.has(task.id) : undefined}
        {...row}
      />,
    );
  });
  leaveOut(tasks.length);
  return (
    <ul ref={list} className={classes.list}>
      {parts}
    </ul>
  );
}
