import { useEffect, useMemo, useRef, type KeyboardEvent } from "react";
import type { Task } from "@/lib/api/types";
import { dueLabel, dueTime } from "@/lib/tasks/due";
import {
  addDays,
  addMonths,
  dayName,
  firstWeekday,
  monthOf,
  shortWeekdayName,
  weekdayName,
  weeksOf,
} from "@/lib/tasks/month";
import { useTimeZone } from "@/lib/time-zone";
import classes from "./month-grid.module.css";

/** How many tasks a day shows; where it has more, the last line says how many. */
const SHOWN = 3;
const DOTS = 3;

interface MonthGridProps {
  month: string;
  /** The chosen day. */
  day: string;
  today: string;
  now: Date;
  byDay: Map<string, Task[]>;
  /** Whether days have dots for their tasks, instead of titles. */
  isCompact: boolean | undefined;
  onChoose: (day: string) => void;
  /** Chooses a day to read all of it. */
  onShowDay: (day: string) => void;
  onEdit: (task: Task) => void;
}

/**
 * The weeks of a month, as a grid with one stop of the Tab key: the chosen day, and after it that day's tasks. Arrow keys
 * choose another day.
 */
export function MonthGrid({ month, day, today, onChoose, ...cell }: MonthGridProps) {
  const grid = useRef<HTMLTableElement>(null);
  const weeks = useMemo(() => weeksOf(month, firstWeekday()), [month]);
  const isByKey = useRef(false);
  useEffect(() => {
    if (isByKey.current) grid.current?.querySelector<HTMLElement>(`[data-day="${day}"]`)?.focus();
    isByKey.current = false;
  }, [day]);

  function onKeyDown(event: KeyboardEvent<HTMLElement>) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    const next = dayByKey(event.key, day, weeks);
    if (!next) return;
    event.preventDefault();
    isByKey.current = next !== day;
    onChoose(next);
  }

  return (
    <table
      role="grid"
      aria-labelledby="month"
      ref={grid}
      className={classes.grid}
      onKeyDown={onKeyDown}
    >
      <thead>
        <tr>
          {weeks[0]!.map((one) => (
            <th key={one} scope="col" abbr={weekdayName(one)}>
              {shortWeekdayName(one)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {weeks.map((week) => (
          <tr key={week[0]}>
            {week.map((one) => (
              <DayCell
                key={one}
                day={one}
                isChosen={one === day}
                isToday={one === today}
                isOutside={monthOf(one) !== month}
                onChoose={onChoose}
                {...cell}
              />
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** The day to which a key leads from another; undefined for other keys. */
function dayByKey(key: string, day: string, weeks: string[][]): string | undefined {
  const week = weeks.find((days) => days.includes(day))!;
  switch (key) {
    case "ArrowLeft":
      return addDays(day, -1);
    case "ArrowRight":
      return addDays(day, 1);
    case "ArrowUp":
      return addDays(day, -7);
    case "ArrowDown":
      return addDays(day, 7);
    case "Home":
      return week[0];
    case "End":
      return week.at(-1);
    case "PageUp":
      return addMonths(day, -1);
    case "PageDown":
      return addMonths(day, 1);
  }
}

interface DayCellProps extends Omit<MonthGridProps, "month" | "today"> {
  isChosen: boolean;
  isToday: boolean;
  isOutside: boolean;
}

/** A day with its tasks: by their titles, or as dots. */
function DayCell({
  day,
  now,
  byDay,
  isChosen,
  isToday,
  isOutside,
  isCompact,
  onChoose,
  onShowDay,
  onEdit,
}: DayCellProps) {
  const zone = useTimeZone();
  const tasks = byDay.get(day) ?? [];
  const isOverdue = (task: Task) => dueLabel(task, zone, now)?.tone === "overdue";
  const shown = tasks.length > SHOWN ? tasks.slice(0, SHOWN - 1) : tasks;
  const tabIndex = isChosen ? 0 : -1;
  return (
    <td
      className={classes.cell}
      aria-selected={isChosen}
      data-outside={isOutside || undefined}
      data-compact={isCompact || undefined}
    >
      <button
        type="button"
        className={classes.day}
        data-day={day}
        tabIndex={tabIndex}
        aria-label={`${dayName(day)}${countInWords(tasks)}`}
        aria-current={isToday ? "date" : undefined}
        onClick={() => onChoose(day)}
      >
        <span className={classes.number}>{Number(day.slice(8))}</span>
        {isCompact && (
          <span className={classes.dots}>
            {tasks.slice(0, DOTS).map((task) => (
              <span
                key={task.id}
                data-completed={task.completed || undefined}
                data-overdue={isOverdue(task) || undefined}
              />
            ))}
            {tasks.length > DOTS && <small>+{tasks.length - DOTS}</small>}
          </span>
        )}
      </button>
      {!isCompact && tasks.length > 0 && (
        <ul className={classes.tasks}>
          {shown.map((task) => (
            <li key={task.id}>
              <button
                type="button"
                className={classes.task}
                tabIndex={tabIndex}
                title={task.title}
                data-completed={task.completed || undefined}
                data-overdue={isOverdue(task) || undefined}
                onClick={() => onEdit(task)}
              >
                {dueTime(task, zone) && <time>{dueTime(task, zone)} </time>}
                {task.title}
              </button>
            </li>
          ))}
          {shown.length < tasks.length && (
            <li>
              <button
                type="button"
                className={classes.more}
                tabIndex={tabIndex}
                aria-label={`${tasks.length - shown.length} more on ${dayName(day)}`}
                onClick={() => onShowDay(day)}
              >
                +{tasks.length - shown.length} more
              </button>
            </li>
          )}
        </ul>
      )}
    </td>
  );
}

function countInWords({ length }: Task[]): string {
  if (length === 0) return "";
  return `, ${length} ${length === 1 ? "task" : "tasks"}`;
}
