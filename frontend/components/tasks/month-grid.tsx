import { VisuallyHidden } from "@mantine/core";
import { useMemo, useRef, type KeyboardEvent } from "react";
import { flushSync } from "react-dom";
import type { Task } from "@/lib/api/types";
import { dayAfter, dueLabel, dueTime } from "@/lib/tasks/due";
import { monthOf } from "@/lib/tasks/month";
import { shortTime } from "@/lib/tasks/short-time";
import {
  addMonths,
  dayName,
  firstWeekday,
  shortWeekdayName,
  weekdayName,
  weeksOf,
} from "@/lib/tasks/weeks";
import { timeZone } from "@/lib/time-zone";
import classes from "./month-grid.module.css";

/** How many tasks a day has room for. */
const SHOWN = 3;

interface MonthGridProps {
  month: string;
  /** The chosen day. */
  day: string;
  today: string;
  now: Date;
  byDay: Map<string, Task[]>;
  /** Whether days have dots for their tasks, instead of titles. */
  isCompact: boolean;
  onChoose: (day: string) => void;
  /** Chooses a day to read all of it. */
  onShowDay: (day: string) => void;
  onEdit: (task: Task) => void;
}

/**
 * The weeks of a month, as a grid with one stop of the Tab key: the chosen day, and after it that day's tasks. Arrow keys
 * choose another day.
 */
export function MonthGrid({ month, day, today, byDay, onChoose, ...cell }: MonthGridProps) {
  const grid = useRef<HTMLTableElement>(null);
  const weeks = useMemo(() => weeksOf(month, firstWeekday()), [month]);

  function onKeyDown(event: KeyboardEvent<HTMLElement>) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    const next = dayByKey(event.key, day, weeks);
    if (!next) return;
    event.preventDefault();
    flushSync(() => onChoose(next));
    grid.current?.querySelector<HTMLElement>(`[data-day="${next}"]`)?.focus();
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
                tasks={byDay.get(one) ?? []}
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
      return dayAfter(day, -1);
    case "ArrowRight":
      return dayAfter(day, 1);
    case "ArrowUp":
      return dayAfter(day, -7);
    case "ArrowDown":
      return dayAfter(day, 7);
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

interface DayCellProps extends Omit<MonthGridProps, "month" | "today" | "byDay" | "isCompact"> {
  tasks: Task[];
  isChosen: boolean;
  isToday: boolean;
  isOutside: boolean;
  isCompact: boolean;
}

/** A day with its tasks: by their titles, or as dots. */
function DayCell({
  day,
  tasks,
  isChosen,
  isToday,
  isOutside,
  isCompact,
  now,
  onChoose,
  ...lines
}: DayCellProps) {
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
        {isCompact && <Dots tasks={tasks} now={now} />}
      </button>
      {!isCompact && tasks.length > 0 && (
        <TaskLines day={day} tasks={tasks} tabIndex={tabIndex} now={now} {...lines} />
      )}
    </td>
  );
}

function countInWords({ length }: Task[]): string {
  if (length === 0) return "";
  return `, ${length} ${length === 1 ? "task" : "tasks"}`;
}

/** What is done or overdue is told by its look. */
function lookOf(task: Task, now: Date) {
  return {
    "data-completed": task.completed || undefined,
    "data-overdue": dueLabel(task, timeZone(), now)?.tone === "overdue" || undefined,
  };
}

interface DotsProps {
  tasks: Task[];
  now: Date;
}

/** A dot for each task, as far as there is room. */
function Dots({ tasks, now }: DotsProps) {
  return (
    <span className={classes.dots}>
      {tasks.slice(0, SHOWN).map((task) => (
        <span key={task.id} {...lookOf(task, now)} />
      ))}
      {tasks.length > SHOWN && <small>+{tasks.length - SHOWN}</small>}
    </span>
  );
}

interface TaskLinesProps extends Pick<MonthGridProps, "day" | "now" | "onShowDay" | "onEdit"> {
  tasks: Task[];
  tabIndex: number;
}

/** A line for each task; where there are more than fit, the last one leads to them. */
function TaskLines({ day, tasks, tabIndex, now, onShowDay, onEdit }: TaskLinesProps) {
  const shown = tasks.length > SHOWN ? tasks.slice(0, SHOWN - 1) : tasks;
  const more = tasks.length - shown.length;
  return (
    <ul className={classes.tasks}>
      {shown.map((task) => (
        <li key={task.id}>
          <button
            type="button"
            className={classes.task}
            tabIndex={tabIndex}
            title={task.title}
            onClick={() => onEdit(task)}
            {...lookOf(task, now)}
          >
            <DueTime task={task} />
            {task.title}
          </button>
        </li>
      ))}
      {more > 0 && (
        <li>
          <button
            type="button"
            className={classes.more}
            tabIndex={tabIndex}
            aria-label={`+${more} more on ${dayName(day)}`}
            onClick={() => onShowDay(day)}
          >
            +{more} more
          </button>
        </li>
      )}
    </ul>
  );
}

function DueTime({ task }: { task: Task }) {
  const time = dueTime(task, timeZone());
  if (!time) return null;
  const short = shortTime(new Date(task.due_at!), timeZone());
  if (short === time) return <time>{time} </time>;
  return (
    <>
      <time aria-hidden>{short} </time>
      <VisuallyHidden>{time} </VisuallyHidden>
    </>
  );
}
