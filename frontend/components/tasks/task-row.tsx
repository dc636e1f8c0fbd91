"use client";

import { ActionIcon, Group, Menu, UnstyledButton } from "@mantine/core";
import { memo, type ReactNode } from "react";
import { timeZone } from "@/lib/time-zone";
import type { Task } from "@/lib/api/types";
import { dueLabel } from "@/lib/tasks/due";
import {
  IconDots,
  IconListCheck,
  IconPencil,
  IconPlayerSkipForward,
  IconRepeat,
  IconTrash,
} from "../icons";
import { PlaceLink } from "../places/place-link";
import { DueBadge } from "./due-badge";
import { PRIORITY_COLORS, PRIORITY_LABELS } from "./priority";
import { TaskCheckbox } from "./task-checkbox";
import classes from "./task-row.module.css";

export interface TaskRowProps {
  task: Task;
  now: Date;
  onToggle: (task: Task) => void;
  onEdit: (task: Task) => void;
  onDelete: (task: Task) => unknown;
  onSkip: (task: Task) => unknown;
  /** What moves a task where the order is made by hand: by dragging, and in its menu. */
  handle?: ReactNode;
  moveItems?: (task: Task) => ReactNode;
}

/** One task: tick it, read it, open it, or reach for the rest. */
export const TaskRow = memo(function TaskRow({
  task,
  now,
  onToggle,
  onEdit,
  onDelete,
  onSkip,
  handle,
  moveItems,
}: TaskRowProps) {
  const due = dueLabel(task, timeZone(), now);
  return (
    <li className={classes.row} data-completed={task.completed || undefined}>
      {handle}
      <TaskCheckbox task={task} onToggle={onToggle} className={classes.check} />
      <div className={classes.text}>
        <UnstyledButton
          className={classes.title}
          data-task-title={task.id}
          aria-keyshortcuts={`x Delete${handle ? " Alt+ArrowUp Alt+ArrowDown" : ""}`}
          onClick={() => onEdit(task)}
          onKeyDown={(event) => {
            if (event.ctrlKey || event.metaKey || event.altKey) return;
            if (event.key === "x") onToggle(task);
            if (event.key === "Delete") onDelete(task);
          }}
        >
          {task.title}
        </UnstyledButton>
        {task.description && <p className={classes.description}>{task.description}</p>}
        {(due ||
          task.recurrence ||
          task.subtasks ||
          task.parent_title ||
          task.tags.length > 0 ||
          task.priority !== "none") && (
          <Group gap={12} className={classes.meta}>
            {task.parent_title && <span className={classes.parent}>{task.parent_title}</span>}
            {task.subtasks && (
              <span
                className={classes.subtasks}
                role="img"
                aria-label={`${task.subtasks.done} of ${task.subtasks.total} subtasks done`}
              >
                <IconListCheck size={14} stroke={1.7} />
                {task.subtasks.done}/{task.subtasks.total}
              </span>
            )}
            {due && <DueBadge due={due} />}
            {task.recurrence && (
              <span className={classes.repeats}>
                <IconRepeat size={14} stroke={1.7} />
                {task.recurrence.words}
              </span>
            )}
            {task.priority !== "none" && (
              <span style={{ color: PRIORITY_COLORS[task.priority] }}>
                {PRIORITY_LABELS[task.priority]} priority
              </span>
            )}
            {task.tags.map((tag) => (
              <PlaceLink
                key={tag}
                place={{ name: "tag", tag }}
                className={classes.tag}
                aria-label={`Show tasks tagged ${tag}`}
              >
                #{tag}
              </PlaceLink>
            ))}
          </Group>
        )}
      </div>
      <Menu position="bottom-end" width={150}>
        <Menu.Target>
          <ActionIcon
            className={classes.more}
            variant="subtle"
            color="gray"
            aria-label={`More for “${task.title}”`}
          >
            <IconDots size={18} stroke={1.7} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconPencil size={16} />} onClick={() => onEdit(task)}>
            Edit
          </Menu.Item>
          {task.recurrence && (
            <Menu.Item
              leftSection={<IconPlayerSkipForward size={16} />}
              onClick={() => onSkip(task)}
            >
              Skip this time
            </Menu.Item>
          )}
          {moveItems?.(task)}
          <Menu.Item
            color="red"
            leftSection={<IconTrash size={16} />}
            onClick={() => onDelete(task)}
          >
            Delete
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </li>
  );
});
