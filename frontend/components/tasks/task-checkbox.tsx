import { Checkbox } from "@mantine/core";
import type { Task } from "@/lib/api/types";
import { PRIORITY_COLORS } from "./priority";
import classes from "./task-checkbox.module.css";

interface TaskCheckboxProps {
  task: Task;
  onToggle: (task: Task) => void;
  className?: string;
}

/** The circle that completes a task, or opens it again; its colour tells the priority. */
export function TaskCheckbox({ task, onToggle, className }: TaskCheckboxProps) {
  return (
    <Checkbox
      radius="xl"
      size="sm"
      checked={task.completed}
      onChange={() => onToggle(task)}
      aria-label={task.completed ? `Open “${task.title}” again` : `Complete “${task.title}”`}
      style={{ "--task-color": PRIORITY_COLORS[task.priority] }}
      className={className}
      classNames={{ input: classes.input }}
    />
  );
}
