"use client";

import { Button, Popover, SimpleGrid, Stack, TextInput } from "@mantine/core";
import { DatePicker } from "@mantine/dates";
import { useEffect, useRef, useState, type FormEvent } from "react";
import type { Task } from "@/lib/api/types";
import type { RowChanges } from "@/lib/tasks/changes";
import { dayAfter, dayIn, dueDay, dueOn, nextMonday } from "@/lib/tasks/due";
import { readDue } from "@/lib/tasks/due-words";
import { firstWeekdayOfPickers } from "@/lib/tasks/weeks";
import { timeZone } from "@/lib/time-zone";
import { useFocusBack } from "@/lib/use-focus-back";
import { AtElement } from "../at-element";
import classes from "./due-picker.module.css";

interface DuePickerProps {
  label: string;
  /** When the task is due now, or several that are due at once. */
  task: Pick<Task, "due_date" | "due_time" | "due_at" | "completed" | "recurrence">;
  /** Whether its date can be taken away; by default where it has one, and does not repeat. */
  clears?: boolean;
  /** Where it stands. */
  anchor: HTMLElement;
  /** What has the focus afterwards; by default where it stands. */
  focusBack?: () => HTMLElement | null;
  onPick: (due: RowChanges) => void;
  onClose: () => void;
}

/** When a task is due: by a button, by a calendar, or by words that the server reads. */
export function DuePicker({
  label,
  task,
  clears,
  anchor,
  focusBack = () => anchor,
  onPick,
  onClose,
}: DuePickerProps) {
  useFocusBack(focusBack);
  const zone = timeZone();
  const today = dayIn(zone, new Date());
  const day = dueDay(task, zone);
  const pickDay = (picked: string | null) => onPick(dueOn(picked, task, zone));
  const days = [
    ["Today", today],
    ["Tomorrow", dayAfter(today)],
    ["Next week", nextMonday(today)],
  ] as const;

  return (
    <Popover
      opened
      onDismiss={onClose}
      position="bottom-start"
      // Where there is no room at any side, as on a phone, it covers what it belongs to.
      middlewares={{
        flip: { fallbackPlacements: ["top-start", "right", "left"] },
        shift: { crossAxis: true },
      }}
      trapFocus
      withRoles={false}
      shadow="md"
    >
      <Popover.Target>
        <AtElement element={anchor} />
      </Popover.Target>
      <Popover.Dropdown role="dialog" aria-label={label} className={classes.dropdown}>
        <Stack gap="xs">
          <SimpleGrid cols={2} spacing={6} verticalSpacing={6}>
            {days.map(([label, of]) => (
              <Button
                key={label}
                variant="default"
                size="xs"
                className={classes.day}
                onClick={() => pickDay(of)}
              >
                {label}
              </Button>
            ))}
            {(clears ?? (day && !task.recurrence)) && (
              <Button
                variant="default"
                size="xs"
                className={classes.day}
                onClick={() => pickDay(null)}
              >
                No date
              </Button>
            )}
          </SimpleGrid>
          <Words onPick={onPick} />
          <DatePicker
            firstDayOfWeek={firstWeekdayOfPickers()}
            value={day}
            defaultDate={day ?? today}
            onChange={pickDay}
            weekendDays={[]}
            hideOutsideDates
            ariaLabels={{ previousMonth: "Previous month", nextMonth: "Next month" }}
            classNames={{ day: classes.calendarDay, calendarHeader: classes.calendarHeader }}
          />
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}

/** The field for "friday 5pm". */
function Words({ onPick }: Pick<DuePickerProps, "onPick">) {
  const [words, setWords] = useState("");
  const [error, setError] = useState<string | null>(null);
  const reading = useRef<AbortController>(null);
  useEffect(() => () => reading.current?.abort(), []);

  async function read(event: FormEvent) {
    event.preventDefault();
    const asked = words.trim();
    if (!asked) return;
    reading.current?.abort();
    const { signal } = (reading.current = new AbortController());
    try {
      const { due_date, due_time, time_zone, recurrence } = await readDue(asked, signal);
      if (recurrence) setError("Edit the task to have it repeat.");
      else if (!due_date) setError(`No date is understood in “${asked}”.`);
      else onPick({ due_date, due_time, time_zone });
    } catch (failure) {
      if (!signal.aborted) setError((failure as Error).message);
    }
  }

  return (
    <form onSubmit={(event) => void read(event)}>
      <TextInput
        aria-label="Due, in words"
        placeholder="friday 5pm"
        size="sm"
        maxLength={200}
        enterKeyHint="done"
        value={words}
        error={error}
        errorProps={{ role: "alert" }}
        onChange={(event) => {
          setWords(event.currentTarget.value);
          setError(null);
        }}
        className={classes.words}
      />
    </form>
  );
}
