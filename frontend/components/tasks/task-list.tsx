"use client";

import { Button } from "@mantine/core";
import { useIntersection } from "@mantine/hooks";
import { useEffect, useRef, type FocusEvent, type KeyboardEvent, type ReactNode } from "react";
import { timeZone } from "@/lib/time-zone";
import type { Task } from "@/lib/api/types";
import { sections, type Grouping } from "@/lib/tasks/sections";
import { TaskRow, type TaskRowProps } from "./task-row";
import classes from "./task-list.module.css";

export interface TaskListProps extends Omit<TaskRowProps, "task"> {
  tasks: Task[];
  grouping: Grouping;
  /** What stands at the end of the line of a heading. */
  headingAside?: (heading: string) => ReactNode;
  hasMore: boolean;
  /** Whether more may be asked for unbidden: not while an answer is awaited, nor after one that failed. */
  loadsMore: boolean;
  isLoadingMore: boolean;
  onMore: () => void;
}

/** The tasks, under headings where they help; more arrive as the end comes into sight. */
export function TaskList({
  tasks,
  grouping,
  headingAside,
  hasMore,
  loadsMore,
  isLoadingMore,
  onMore,
  ...row
}: TaskListProps) {
  const keepFocus = useKeptFocus(tasks);
  const { ref, entry } = useIntersection({ rootMargin: "400px" });
  const endInSight = entry?.isIntersecting ?? false;
  useEffect(() => {
    if (endInSight && hasMore && loadsMore) onMore();
  }, [endInSight, hasMore, loadsMore, onMore]);

  return (
    <div onKeyDown={moveFocus} {...keepFocus}>
      {sections(tasks, grouping, timeZone(), row.now).map(({ heading, items }) => (
        <section key={heading ?? "all"} aria-label={heading ?? "Tasks"}>
          {heading && (
            <div className={classes.head}>
              <h2 className={classes.heading} data-overdue={heading === "Overdue" || undefined}>
                {heading}
                <span aria-label={`${items.length} ${items.length === 1 ? "task" : "tasks"}`}>
                  {items.length}
                </span>
              </h2>
              {headingAside?.(heading)}
            </div>
          )}
          <ul className={classes.list}>
            {items.map((task) => (
              <TaskRow key={task.id} task={task} {...row} />
            ))}
          </ul>
        </section>
      ))}
      <div ref={ref} className={classes.end}>
        {hasMore && (
          <Button variant="subtle" color="gray" size="xs" loading={isLoadingMore} onClick={onMore}>
            Show more
          </Button>
        )}
      </div>
    </div>
  );
}

/**
 * When the row that has the focus is drawn elsewhere in the list, it keeps it; when it leaves, the one in its place
 * takes it: props for the list's element.
 */
function useKeptFocus(tasks: Task[]) {
  const list = useRef<HTMLDivElement>(null);
  const focused = useRef(-1);
  const focusedTask = useRef<string>(undefined);
  useEffect(() => {
    if (focused.current < 0 || document.activeElement !== document.body) return;
    const titles = list.current?.querySelectorAll<HTMLElement>("[data-task-title]") ?? [];
    const own = [...titles].find(({ dataset }) => dataset.taskTitle === focusedTask.current);
    (own ?? titles[Math.min(focused.current, titles.length - 1)])?.focus();
  }, [tasks]);
  return {
    ref: list,
    onFocus: ({ target, currentTarget }: FocusEvent<HTMLElement>) => {
      if (!currentTarget.contains(target)) return; // a row's menu, which is elsewhere in the page
      const rows = [...currentTarget.querySelectorAll("li")];
      focused.current = rows.findIndex((row) => row.contains(target));
      const title = rows[focused.current]?.querySelector<HTMLElement>("[data-task-title]");
      if (title) focusedTask.current = title.dataset.taskTitle; // kept while the title is a field
    },
    // Not called for a row that goes with the focus on it, or in what it has opened.
    onBlur: ({ relatedTarget }: FocusEvent<HTMLElement>) => {
      if (!relatedTarget?.closest("[role=menu], [role=dialog]")) focused.current = -1;
    },
  };
}

/** Arrow keys, Home and End go from title to title. */
function moveFocus(event: KeyboardEvent<HTMLElement>): void {
  if (event.altKey) return; // moves the task
  const titles = [...event.currentTarget.querySelectorAll<HTMLElement>("[data-task-title]")];
  const current = titles.findIndex((title) => title === document.activeElement);
  if (current < 0) return;
  const next = { ArrowDown: current + 1, ArrowUp: current - 1, Home: 0, End: titles.length - 1 }[
    event.key
  ];
  if (next === undefined) return;
  event.preventDefault();
  titles[next]?.focus();
}
