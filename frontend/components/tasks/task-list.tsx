"use client";

import { Button } from "@mantine/core";
import { useEffect, useMemo, useRef, useState, type ReactNode } from "react";
import { timeZone } from "@/lib/time-zone";
import type { Task } from "@/lib/api/types";
import { sections, type Grouping } from "@/lib/tasks/sections";
import type { TaskRowProps } from "./task-row";
import { TaskRows } from "./task-rows";
import { useListFocus } from "./use-list-focus";
import classes from "./task-list.module.css";

/** Of more tasks only those near what is in sight are in the document. */
const ALL_UP_TO = 100;
/** So far before the end more is asked for: nobody who reads on comes to it. */
const MORE_PX = 2_000;

export interface TaskListProps extends Omit<TaskRowProps, "task" | "isSelected" | "place" | "of"> {
  tasks: Task[];
  grouping: Grouping;
  /** What stands at the end of the line of a heading. */
  headingAside?: (heading: string) => ReactNode;
  selected?: ReadonlySet<number>;
  hasMore: boolean;
  /** Whether more may be asked for unbidden: not while an answer is awaited, nor after one that failed. */
  loadsMore: boolean;
  isLoadingMore: boolean;
  onMore: () => void;
}

/** The tasks, under headings where they help; more arrive before the end comes into sight. */
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
  const zone = timeZone();
  const { now } = row;
  const groups = useMemo(() => sections(tasks, grouping, zone, now), [tasks, grouping, zone, now]);
  const order = useMemo(() => groups.flatMap(({ items }) => items), [groups]);
  const { held, listProps } = useListFocus(order);
  const [end, isEndNear] = useNearness(MORE_PX);
  useEffect(() => {
    if (isEndNear && hasMore && loadsMore) onMore();
  }, [isEndNear, hasMore, loadsMore, onMore]);

  return (
    <div {...listProps}>
      {groups.map(({ heading, items }, index) => (
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
          <TaskRows
            tasks={items}
            isLong={order.length > ALL_UP_TO}
            held={held}
            goesOn={hasMore && index === groups.length - 1}
            {...row}
          />
        </section>
      ))}
      <div ref={end} className={classes.end}>
        {hasMore && (
          <Button variant="subtle" color="gray" size="xs" loading={isLoadingMore} onClick={onMore}>
            Show more
          </Button>
        )}
      </div>
    </div>
  );
}

/** Whether an element is in sight, or not further than that from it; it gets the ref. */
function useNearness(px: number) {
  const ref = useRef<HTMLDivElement>(null);
  const [isNear, setNear] = useState(false);
  useEffect(() => {
    const observer = new IntersectionObserver(
      (entries) => setNear(entries.at(-1)!.isIntersecting),
      // Of the list's own scrolling: what scrolls within the page has no margin else.
      { root: ref.current!.closest("main"), rootMargin: `${px}px` },
    );
    observer.observe(ref.current!);
    return () => observer.disconnect();
  }, [px]);
  return [ref, isNear] as const;
}
