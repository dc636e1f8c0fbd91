import type { Task } from "@/lib/api/types";
import { PRIORITY_COLORS } from "./priority";
import classes from "./task-checkbox.module.css";

interface TaskCheckboxProps {
  task: Task;
  onToggle: (task: Task) => void;
}

/** The circle that completes a task, or opens it again; its colour tells the priority. */
export function TaskCheckbox({ task, onToggle }: TaskCheckboxProps) {
  return (
    <input
      type="checkbox"
      checked={task.completed}
      onChange={() => onToggle(task)}
      aria-label={task.completed ? `Open “${task.title}” again` : `Complete “${task.title}”`}
      style={{ color: PRIORITY_COLORS[task.priority] }}
      className={classes.circle}
    />
  );
}
