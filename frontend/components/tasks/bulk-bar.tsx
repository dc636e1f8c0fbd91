"use client";

import { ActionIcon, Button, type ButtonProps } from "@mantine/core";
import { useId, useState, type ReactNode, type Ref } from "react";
import type { ManyPatch, Priority, Task } from "@/lib/api/types";
import type { RowChanges } from "@/lib/tasks/changes";
import { onDemand } from "@/lib/on-demand";
import { useFocusBack } from "@/lib/use-focus-back";
import {
  IconArrowBackUp,
  IconCalendar,
  IconCheck,
  IconFlag,
  IconTag,
  IconTrash,
  IconX,
} from "../icons";
import { EntriesMenu } from "../entries-menu";
import { BulkTags } from "./bulk-tags";
import { priorityEntries } from "./priority";
import classes from "./bulk-bar.module.css";

const { Part: DuePicker, useIsReady: usePickerIsReady } = onDemand(() =>
  import("./due-picker").then(({ DuePicker }) => DuePicker),
);

/** What of the bar is open. */
export type BulkMenu = "date" | "priority" | "tags" | null;

interface BulkBarProps {
  /** The selected tasks, as far as they are loaded, and how many they are with the others. */
  tasks: Task[];
  count: number;
  knownTags: string[];
  menu: BulkMenu;
  onMenu: (menu: BulkMenu) => void;
  /** Undefined where all are selected. */
  onSelectAll?: () => void;
  onComplete: () => void;
  onChange: (changes: ManyPatch) => void;
  onDelete: () => void;
  onClear: () => void;
  /** The title that has the focus once the date is chosen, or when the bar goes with it. */
  title: () => HTMLElement | null;
}

/** What can be done to all selected tasks at once. */
export function BulkBar({
  tasks,
  count,
  knownTags,
  menu,
  onMenu,
  onSelectAll,
  onComplete,
  onChange,
  onDelete,
  onClear,
  title,
}: BulkBarProps) {
  useFocusBack(title);
  const id = useId();
  const [priorityButton, setPriorityButton] = useState<HTMLButtonElement | null>(null);
  const [dateButton, setDateButton] = useState<HTMLButtonElement | null>(null);
  const isPickerReady = usePickerIsReady(menu === "date");
  const areDone = areAllDone(tasks);
  const what = `${count.toLocaleString()} ${count === 1 ? "task" : "tasks"}`;
  const toggle = (one: BulkMenu) => () => onMenu(menu === one ? null : one);

  function pick(due: RowChanges) {
    onMenu(null);
    // Each keeps its time where none is said.
    onChange(due.due_time ? due : { due_date: due.due_date });
  }

  return (
    <section aria-label="Selected tasks" className={classes.bar} data-bulk-bar>
      <ActionIcon
        variant="subtle"
        color="gray"
        size={44}
        aria-label="Clear the selection"
        title="Clear the selection (Escape)"
        onClick={onClear}
      >
        <IconX size={18} stroke={1.8} />
      </ActionIcon>
      <span className={classes.count}>{count.toLocaleString()} selected</span>
      {onSelectAll && (
        <Button variant="subtle" size="compact-sm" className={classes.all} onClick={onSelectAll}>
          Select all
        </Button>
      )}
      <div className={classes.tools}>
        <Tool
          label={areDone ? "Reopen" : "Complete"}
          shortcut="x"
          icon={areDone ? <IconArrowBackUp size={18} /> : <IconCheck size={18} />}
          onClick={onComplete}
        />
        <Tool
          ref={setDateButton}
          label="Date"
          shortcut="d"
          icon={<IconCalendar size={18} />}
          opens="dialog"
          isOpen={menu === "date"}
          onClick={toggle("date")}
        />
        <Tool
          ref={setPriorityButton}
          id={id}
          label="Priority"
          shortcut="1 2 3 0"
          icon={<IconFlag size={18} />}
          opens="menu"
          isOpen={menu === "priority"}
          onClick={toggle("priority")}
        />
        <EntriesMenu
          id={id}
          button={priorityButton}
          width={150}
          entries={() =>
            priorityEntries(sharedPriority(tasks), (priority) => onChange({ priority }))
          }
          opened={menu === "priority"}
          onClose={() => onMenu(null)}
        />
        <BulkTags
          tasks={tasks}
          known={knownTags}
          label={`Tags of ${what}`}
          opened={menu === "tags"}
          onChange={onChange}
          onClose={() => onMenu(null)}
        >
          <Tool
            label="Tags"
            icon={<IconTag size={18} />}
            opens="dialog"
            isOpen={menu === "tags"}
            onClick={toggle("tags")}
          />
        </BulkTags>
        <Tool
          label="Delete"
          shortcut="Delete"
          icon={<IconTrash size={18} />}
          c="var(--danger)"
          onClick={onDelete}
        />
      </div>
      {menu === "date" && isPickerReady && dateButton && (
        <DuePicker
          label={`When ${what} are due`}
          task={asOne(tasks)}
          clears={
            tasks.some(({ due_date }) => due_date) && !tasks.some(({ recurrence }) => recurrence)
          }
          anchor={dateButton}
          focusBack={title}
          onPick={pick}
          onClose={() => onMenu(null)}
        />
      )}
    </section>
  );
}

interface ToolProps extends ButtonProps {
  label: string;
  /** The keys that do the same. */
  shortcut?: string;
  icon: ReactNode;
  /** What it opens, if anything, and whether that is open. */
  opens?: "dialog" | "menu";
  isOpen?: boolean;
  id?: string;
  onClick?: () => void;
  ref?: Ref<HTMLButtonElement>;
}

/** A button of the bar; its label is seen where there is room. */
function Tool({ label, shortcut, icon, opens, isOpen, ...rest }: ToolProps) {
  return (
    <Button
      variant="subtle"
      color="gray"
      size="compact-sm"
      leftSection={icon}
      classNames={{ root: classes.tool, section: classes.icon }}
      aria-label={label}
      aria-keyshortcuts={shortcut}
      aria-haspopup={opens}
      aria-expanded={isOpen}
      title={shortcut ? `${label} (${shortcut})` : label}
      {...rest}
    >
      <span className={classes.label}>{label}</span>
    </Button>
  );
}

export const areAllDone = (tasks: Task[]) => tasks.every(({ completed }) => completed);

function sharedPriority(tasks: Task[]): Priority | undefined {
  const [first] = tasks;
  return tasks.every(({ priority }) => priority === first?.priority) ? first?.priority : undefined;
}

/** When all are due, where that is one day. */
function asOne(tasks: Task[]) {
  const [first] = tasks;
  const isShared = tasks.every(({ due_date }) => due_date === first?.due_date);
  return {
    due_date: (isShared && first?.due_date) || null,
    due_time: null,
    due_at: null,
    completed: false,
    recurrence: null,
  };
}
