"use client";

import { Button } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { useEffect, useMemo, useRef } from "react";
import { flushSync } from "react-dom";
import type { Task } from "@/lib/api/types";
import { dueDay } from "@/lib/tasks/due";
import type { Calendar as Shown } from "@/lib/tasks/use-calendar";
import { dayName } from "@/lib/tasks/weeks";
import { useTimeZone } from "@/lib/time-zone";
import { IconPlus } from "../icons";
import { MonthGrid } from "./month-grid";
import { MonthPicker } from "./month-picker";
import { TaskList } from "./task-list";
import type { TaskRowProps } from "./task-row";
import list from "./task-list.module.css";
import classes from "./calendar.module.css";

interface CalendarProps extends Omit<TaskRowProps, "task"> {
  calendar: Shown;
  today: string;
  tasks: Task[];
  hasMore: boolean;
  /** Whether more may be asked for: not while an answer is awaited, nor after one that failed. */
  loadsMore: boolean;
  onMore: () => void;
  /** Begins a task that is due on the chosen day; undefined where none are added. */
  onAdd?: () => void;
}

/** The tasks of a month on their days, and those of the chosen day as a list below. */
export function Calendar({
  calendar,
  today,
  tasks,
  hasMore,
  loadsMore,
  onMore,
  onAdd,
  ...row
}: CalendarProps) {
  const { month, day, choose } = calendar;
  const zone = useTimeZone();
  const isCompact = useMediaQuery("(max-width: 560px), (pointer: coarse)", undefined, {
    getInitialValueInEffect: false,
  });
  const ofDay = useRef<HTMLHeadingElement>(null);
  const byDay = useMemo(() => groupByDay(tasks, zone), [tasks, zone]);
  const chosen = byDay.get(day) ?? [];
  useEffect(() => {
    if (hasMore && loadsMore) onMore();
  }, [hasMore, loadsMore, onMore]);

  function showDay(wanted: string) {
    flushSync(() => choose(wanted));
    ofDay.current?.focus();
  }

  return (
    <div className={classes.calendar}>
      <MonthPicker month={month} day={day} today={today} onChoose={choose} />
      <MonthGrid
        month={month}
        day={day}
        today={today}
        now={row.now}
        byDay={byDay}
        isCompact={isCompact ?? false}
        onChoose={choose}
        onShowDay={showDay}
        onEdit={row.onEdit}
      />
      <section aria-labelledby="chosen-day">
        <div className={list.head}>
          <h2 id="chosen-day" className={classes.heading} ref={ofDay} tabIndex={-1}>
            {dayName(day)}
          </h2>
          {onAdd && (
            <Button
              variant="subtle"
              size="compact-sm"
              className={classes.add}
              leftSection={<IconPlus size={15} />}
              onClick={onAdd}
            >
              Add a task
            </Button>
          )}
        </div>
        {chosen.length === 0 && <p className={classes.nothing}>Nothing is due on this day.</p>}
        {chosen.length > 0 && (
          <TaskList
            tasks={chosen}
            grouping={null}
            hasMore={false}
            loadsMore={false}
            isLoadingMore={false}
            onMore={onMore}
            {...row}
          />
        )}
      </section>
    </div>
  );
}

/** The tasks of each day on which some are due, in the order that they have. */
function groupByDay(tasks: Task[], timeZone: string): Map<string, Task[]> {
  const found = new Map<string, Task[]>();
  for (const task of tasks) {
    const day = dueDay(task, timeZone);
    if (day) found.set(day, [...(found.get(day) ?? []), task]);
  }
  return found;
}
