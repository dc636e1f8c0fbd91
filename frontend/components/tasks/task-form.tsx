"use client";

import {
  Autocomplete,
  Button,
  Group,
  Input,
  SegmentedControl,
  Stack,
  TagsInput,
  TextInput,
} from "@mantine/core";
import { DateInput, TimeInput } from "@mantine/dates";
import { useForm } from "@mantine/form";
import { useState } from "react";
import { timeZone } from "@/lib/time-zone";
import {
  PRIORITIES,
  type LineDefaults,
  type Priority,
  type Scope,
  type Task,
  type TaskInput,
} from "@/lib/api/types";
import { dueFields, dueLabel } from "@/lib/tasks/due";
import { useCreateTask, useUpdateTask } from "@/lib/tasks/mutations";
import { useNextDates } from "@/lib/tasks/queries";
import { firstWeekdayOfPickers } from "@/lib/tasks/weeks";
import { NoteField } from "./note-field";
import { PRIORITY_LABELS } from "./priority";
import { SubtaskList } from "./subtask-list";

/** Beside these, the field takes any words: "every other friday", "monthly on the 5th until june". */
const REPEATS = [
  "every day",
  "every weekday",
  "every week",
  "every 2 weeks",
  "every month",
  "every month on the last day",
  "every year",
  "every 3 days after completion",
];

/** What the form is open for: an existing task, or a new one with a title and more to begin with. */
export type TaskFormTarget = { task: Task } | ({ title: string } & Partial<LineDefaults>);

export interface TaskFormProps {
  target: TaskFormTarget;
  onClose: () => void;
  onDelete: (task: Task) => unknown;
}

/** The dates that follow this one, of a task that repeats. */
function NextDates({ task }: { task: Task }) {
  const { data } = useNextDates(task);
  const zone = timeZone();
  const dates = (data?.items ?? []).map(
    ({ due_date }) =>
      dueLabel({ due_date, due_time: null, due_at: null, completed: false }, zone, new Date())
        ?.text,
  );
  return dates.length > 0 ? <>Then {dates.join(" · ")}</> : null;
}

/** All fields of a task, new or not. */
export function TaskForm({ target, onClose, onDelete }: TaskFormProps) {
  const task = "task" in target ? target.task : null;
  const begun = "task" in target ? null : target;
  const create = useCreateTask();
  const update = useUpdateTask();
  const [error, setError] = useState<string | null>(null);
  const due = task
    ? dueFields(task, timeZone())
    : { due_date: begun?.due_date ?? null, due_time: null };
  const form = useForm({
    initialValues: {
      title: task?.title ?? begun?.title ?? "",
      description: task?.description ?? "",
      priority: task?.priority ?? "none",
      due_date: due.due_date,
      due_time: due.due_time ?? "",
      tags: task?.tags ?? begun?.tags ?? [],
      repeats: task?.recurrence?.words ?? "",
    },
    validate: {
      title: (title) => (title.trim() ? null : "Give the task a title."),
    },
  });
  const { due_date: dueDate } = form.values;
  const [chosenScope, setScope] = useState<Scope | null>(null);
  const isDueDirty = form.isDirty("due_date") || form.isDirty("due_time");
  // A new date is mostly meant for this time, anything else for all times.
  const scope = chosenScope ?? (isDueDirty ? "this" : "all");
  const isOneOfMany = Boolean(task?.recurrence) && !form.isDirty("repeats");

  async function save({ repeats, ...values }: typeof form.values) {
    const words = repeats.trim();
    const input: TaskInput = {
      ...values,
      title: values.title.trim(),
      due_time: values.due_date && values.due_time ? values.due_time : null,
      time_zone: timeZone(),
      ...(form.isDirty("repeats") && { recurrence: words ? { words } : null }),
    };
    setError(null);
    try {
      if (task) await update.mutateAsync({ id: task.id, changes: changesOf(input) });
      else await create.mutateAsync(input);
      onClose();
    } catch (failure) {
      setError((failure as Error).message);
    }
  }

  /** A box that is ticked is kept at once, as a subtask is; where the note has other changes, with these. */
  async function tick(description: string) {
    const before = form.getInitialValues();
    const isKept = task && !form.isDirty("description");
    form.setFieldValue("description", description);
    if (!isKept) return;
    form.resetDirty({ ...before, description });
    setError(null);
    const scope: Scope | undefined = task.recurrence ? "this" : undefined;
    try {
      await update.mutateAsync({ id: task.id, changes: { description, scope } });
    } catch (failure) {
      form.resetDirty(before);
      setError((failure as Error).message);
    }
  }

  /** What was touched: a due date that was not keeps the zone in which it was meant. */
  function changesOf({ due_date, due_time, time_zone, recurrence, ...input }: TaskInput) {
    const fields = Object.entries(input).filter(([name]) => form.isDirty(name));
    return {
      ...Object.fromEntries(fields),
      ...(isDueDirty && { due_date, due_time, time_zone }),
      ...(recurrence !== undefined && { recurrence }),
      ...(isOneOfMany && form.isDirty() && { scope }),
    } as Partial<TaskInput>;
  }

  return (
    <form onSubmit={form.onSubmit((values) => void save(values))}>
      <Stack gap="md">
        <TextInput label="Title" maxLength={200} data-autofocus {...form.getInputProps("title")} />
        <NoteField
          value={form.values.description}
          onChange={(description) => form.setFieldValue("description", description)}
          onTick={(description) => void tick(description)}
        />
        {task && !task.parent_id && <SubtaskList parent={task} />}
        <Group grow align="flex-start">
          <DateInput
            firstDayOfWeek={firstWeekdayOfPickers()}
            label="Due date"
            placeholder="No date"
            valueFormat="D MMM YYYY"
            clearable
            clearButtonProps={{ "aria-label": "No due date" }}
            popoverProps={{ withinPortal: true }}
            {...form.getInputProps("due_date")}
          />
          <TimeInput label="Time" disabled={!dueDate} {...form.getInputProps("due_time")} />
        </Group>
        {!task?.parent_id && (
          <Autocomplete
            label="Repeat"
            placeholder="Does not repeat"
            description={task && <NextDates task={task} />}
            data={REPEATS}
            maxLength={200}
            {...form.getInputProps("repeats")}
          />
        )}
        {isOneOfMany && form.isDirty() && (
          <SegmentedControl
            aria-label="What to change"
            data={[
              { value: "this", label: "This time" },
              { value: "all", label: "From now on" },
            ]}
            value={scope}
            onChange={(value) => setScope(value as Scope)}
          />
        )}
        <Input.Wrapper label="Priority" labelElement="div">
          <SegmentedControl
            fullWidth
            aria-label="Priority"
            data={PRIORITIES.map((value) => ({ value, label: PRIORITY_LABELS[value] }))}
            value={form.values.priority}
            onChange={(value) => form.setFieldValue("priority", value as Priority)}
          />
        </Input.Wrapper>
        <TagsInput
          label="Tags"
          placeholder="Type and press Enter"
          {...form.getInputProps("tags")}
        />
        {error && <Input.Error role="alert">{error}</Input.Error>}
        <Group justify="space-between" mt="xs">
          {task ? (
            <Button
              variant="subtle"
              color="red"
              onClick={() => {
                onClose();
                onDelete(task);
              }}
            >
              Delete
            </Button>
          ) : (
            <span />
          )}
          <Group gap="xs">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={create.isPending || update.isPending}>
              {task ? "Save" : "Add task"}
            </Button>
          </Group>
        </Group>
      </Stack>
    </form>
  );
}
