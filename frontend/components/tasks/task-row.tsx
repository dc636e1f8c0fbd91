"use client";

import { memo, useRef, useState, type KeyboardEvent, type ReactNode } from "react";
import { timeZone } from "@/lib/time-zone";
import type { Task } from "@/lib/api/types";
import { onDemand } from "@/lib/on-demand";
import type { RowChanges } from "@/lib/tasks/changes";
import { dueLabel } from "@/lib/tasks/due";
import { noteOpening } from "@/lib/tasks/note";
import {
  IconCalendar,
  IconCheck,
  IconCursorText,
  IconDots,
  IconListCheck,
  IconPencil,
  IconPlayerSkipForward,
  IconRepeat,
  IconTrash,
} from "../icons";
import { MenuButton } from "../menu-button";
import type { MenuEntry } from "../menu-entries";
import { PlaceLink } from "../places/place-link";
import { DueButton } from "./due-button";
import { NoteSign } from "./note-sign";
import { PRIORITY_COLORS, PRIORITY_KEYS, PRIORITY_LABELS, priorityEntries } from "./priority";
import { TaskCheckbox } from "./task-checkbox";
import classes from "./task-row.module.css";

const { Part: DuePicker, useIsReady: usePickerIsReady } = onDemand(() =>
  import("./due-picker").then(({ DuePicker }) => DuePicker),
);
const { Part: TitleField, useIsReady: useFieldIsReady } = onDemand(() =>
  import("./title-field").then(({ TitleField }) => TitleField),
);

/** The id of the words that a screen reader adds to the title of a task that is selected. */
export const SELECTED_ID = "selected-task";

export interface TaskRowProps {
  task: Task;
  now: Date;
  onToggle: (task: Task) => void;
  onEdit: (task: Task) => void;
  /** Resolves to false when it was refused. */
  onChange: (task: Task, changes: RowChanges) => Promise<boolean>;
  onDelete: (task: Task) => unknown;
  onSkip: (task: Task) => unknown;
  /** Selects it, or no longer; undefined where tasks are not selected. */
  onSelect?: (task: Task) => void;
  /** Undefined while no task is. */
  isSelected?: boolean;
  /** Its place in a list that is not all in the document, and how many that list has, -1 where more may come. */
  place?: number;
  of?: number;
  /** What moves a task where the order is made by hand: by dragging, and in its menu. */
  handle?: ReactNode;
  moveEntries?: (task: Task) => MenuEntry[];
}

/** One task: tick it, read it, open it, or reach for the rest. */
export const TaskRow = memo(function TaskRow({
  task,
  now,
  onToggle,
  onEdit,
  onChange,
  onDelete,
  onSkip,
  onSelect,
  isSelected,
  place,
  of,
  handle,
  moveEntries,
}: TaskRowProps) {
  const due = dueLabel(task, timeZone(), now);
  const title = useRef<HTMLButtonElement>(null);
  /** What the title is being changed to; null while it is not. */
  const [draft, setDraft] = useState<string | null>(null);
  const isFieldReady = useFieldIsReady(draft !== null);
  /** At what the due date is being picked. */
  const [pickerAt, setPickerAt] = useState<HTMLElement | null>(null);
  const isPickerReady = usePickerIsReady(pickerAt);

  const startRename = () => setDraft(task.title);
  const startPicking = () => setPickerAt(title.current);
  const setPriority = (priority: Task["priority"]) =>
    priority !== task.priority && void onChange(task, { priority });

  async function rename(wanted: string) {
    setDraft(null);
    if (!(await onChange(task, { title: wanted }))) setDraft(wanted);
  }

  function onTitleKey(event: KeyboardEvent) {
    if (draft !== null) return; // meant for the field that is on its way
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "x") onToggle(task);
    else if (event.key === "Delete") onDelete(task);
    else if (event.key === "e" || event.key === "F2") startRename();
    else if (event.key === "d") startPicking();
    else if (Object.hasOwn(PRIORITY_KEYS, event.key)) setPriority(PRIORITY_KEYS[event.key]!);
    else return;
    event.preventDefault(); // or the letter is typed into the field that it opens
  }

  return (
    <li
      className={classes.row}
      data-task={task.id}
      data-completed={task.completed || undefined}
      data-selected={isSelected || undefined}
      aria-posinset={place}
      aria-setsize={of}
    >
      {handle}
      <TaskCheckbox task={task} onToggle={onToggle} />
      <div className={classes.text}>
        {draft === null || !isFieldReady ? (
          <button
            type="button"
            ref={title}
            className={classes.title}
            data-task-title={task.id}
            aria-describedby={isSelected ? SELECTED_ID : undefined}
            aria-keyshortcuts={`x Delete e F2 d 1 2 3 0${onSelect ? " s" : ""}${handle ? " Alt+ArrowUp Alt+ArrowDown" : ""}`}
            onClick={() => {
              setPickerAt(null);
              onEdit(task);
            }}
            onKeyDown={onTitleKey}
          >
            {task.title}
          </button>
        ) : (
          <TitleField
            title={task.title}
            draft={draft}
            onSave={(wanted) => void rename(wanted)}
            onClose={() => setDraft(null)}
            focusBack={() => title.current}
          />
        )}
        {task.description && <p className={classes.description}>{noteOpening(task.description)}</p>}
        {(due ||
          task.description ||
          task.waiting ||
          task.recurrence ||
          task.subtasks ||
          task.parent_title ||
          task.tags.length > 0 ||
          task.priority !== "none") && (
          <div className={classes.meta}>
            {task.waiting && <span className={classes.waiting}>Waiting to be sent</span>}
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
            {task.description && <NoteSign note={task.description} />}
            {due && (
              <DueButton
                due={due}
                isOpen={pickerAt !== null}
                onClick={(button) => setPickerAt(pickerAt ? null : button)}
              />
            )}
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
          </div>
        )}
      </div>
      {isSelected !== undefined && (
        <input
          type="checkbox"
          checked={isSelected}
          onChange={() => onSelect?.(task)}
          aria-label={`Select “${task.title}”`}
          className={classes.select}
          data-select
        />
      )}
      <MenuButton
        label={`More for “${task.title}”`}
        className={classes.more}
        width={150}
        entries={() => [
          { label: "Edit", icon: <IconPencil size={16} />, onClick: () => onEdit(task) },
          {
            label: "Rename",
            icon: <IconCursorText size={16} />,
            // Once the menu is closed, which would take the focus back.
            onClick: () => setTimeout(startRename),
          },
          { label: "Set date", icon: <IconCalendar size={16} />, onClick: startPicking },
          ...priorityEntries(task.priority, setPriority),
          "divider",
          ...(task.recurrence
            ? [
                {
                  label: "Skip this time",
                  icon: <IconPlayerSkipForward size={16} />,
                  onClick: () => onSkip(task),
                },
              ]
            : []),
          ...(onSelect
            ? [
                {
                  label: isSelected ? "Deselect" : "Select",
                  icon: <IconCheck size={16} />,
                  onClick: () => onSelect(task),
                },
              ]
            : []),
          ...(moveEntries?.(task) ?? []),
          {
            label: "Delete",
            icon: <IconTrash size={16} />,
            isDangerous: true,
            onClick: () => onDelete(task),
          },
        ]}
      >
        <IconDots size={18} stroke={1.7} />
      </MenuButton>
      {pickerAt && isPickerReady && (
        <DuePicker
          label={`When “${task.title}” is due`}
          task={task}
          anchor={pickerAt}
          onPick={(changes) => {
            setPickerAt(null);
            void onChange(task, changes);
          }}
          onClose={() => setPickerAt(null)}
        />
      )}
    </li>
  );
});
