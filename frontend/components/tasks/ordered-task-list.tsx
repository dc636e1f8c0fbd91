"use client";

import { VisuallyHidden } from "@mantine/core";
import {
  useCallback,
  useLayoutEffect,
  useRef,
  useState,
  type KeyboardEvent,
  type PointerEvent,
} from "react";
import type { Task } from "@/lib/api/types";
import { showDone, showFailure } from "@/lib/notices";
import { useTaskActions } from "@/lib/tasks/actions";
import { useMoveTask } from "@/lib/tasks/move-task";
import { besideAt, besideNow } from "@/lib/tasks/order";
import { IconArrowUp } from "../icons";
import type { MenuEntry } from "../menu-entries";
import { dragRow, putDown } from "./drag-row";
import { TaskList, type TaskListProps } from "./task-list";
import classes from "./ordered-task-list.module.css";

/** Keys and the menu do the same. */
const HANDLE = <span className={classes.handle} data-drag-handle aria-hidden />;

/** The tasks in the order that is made by hand, which is changed by dragging, by keys, or in a row's menu. */
export function OrderedTaskList(props: TaskListProps) {
  const { tasks } = props;
  const list = useRef<HTMLDivElement>(null);
  const isMovedByKey = useRef(false);
  const [said, setSaid] = useState("");
  const { mutateAsync: moveTask } = useMoveTask();
  const { undo } = useTaskActions();

  useLayoutEffect(() => {
    putDown(rowsOf(list.current!));
    if (!isMovedByKey.current) return;
    isMovedByKey.current = false;
    document.activeElement?.scrollIntoView({ block: "nearest" });
  }, [tasks]);

  /** What was done, in words; null where nothing was. */
  const move = useCallback(
    async (from: number, to: number): Promise<string | null> => {
      const [moved, there, back] = [tasks[from], besideAt(tasks, from, to), besideNow(tasks, from)];
      if (!moved || !there || !back) return null;
      try {
        await moveTask({ id: moved.id, to: there, from: back });
        return wordsOf(moved, to);
      } catch (error) {
        showFailure("The task was not moved", error as Error);
        return null;
      }
    },
    [tasks, moveTask],
  );

  const moveByPointer = useCallback(
    async (from: number, to: number) => {
      const done = await move(from, to);
      if (done) showDone("order", done, () => void undo());
    },
    [move, undo],
  );

  const moveEntries = useCallback(
    (task: Task): MenuEntry[] => {
      const from = tasks.indexOf(task);
      return [
        {
          label: "Move up",
          icon: <IconArrowUp size={16} />,
          disabled: from === 0,
          onClick: () => void moveByPointer(from, from - 1),
        },
        {
          label: "Move down",
          icon: (
            <span className={classes.down}>
              <IconArrowUp size={16} />
            </span>
          ),
          disabled: from === tasks.length - 1,
          onClick: () => void moveByPointer(from, from + 1),
        },
      ];
    },
    [tasks, moveByPointer],
  );

  function moveByKey(event: KeyboardEvent<HTMLElement>): void {
    const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    const id = Number((event.target as HTMLElement).dataset.taskTitle);
    if (!event.altKey || !by || !id) return;
    event.preventDefault();
    const from = tasks.findIndex((task) => task.id === id);
    const moved = tasks[from];
    if (!moved || !tasks[from + by]) return;
    isMovedByKey.current = true;
    setSaid(wordsOf(moved, from + by));
    void move(from, from + by);
  }

  function drag(event: PointerEvent<HTMLElement>): void {
    const handle = (event.target as HTMLElement).closest("[data-drag-handle]");
    if (!handle || !event.isPrimary || event.button !== 0) return;
    const rows = rowsOf(event.currentTarget);
    const from = rows.findIndex((row) => row.contains(handle));
    // Of a long list only a part is in the document.
    const placeOf = (row: HTMLElement) =>
      tasks.findIndex(({ id }) => id === Number(row.dataset.task));
    dragRow(rows, from, event.nativeEvent, (to) => {
      if (to === null) putDown(rows);
      else void moveByPointer(placeOf(rows[from]!), placeOf(rows[to]!));
    });
  }

  return (
    <div ref={list} className={classes.list} onKeyDown={moveByKey} onPointerDown={drag}>
      <TaskList {...props} handle={HANDLE} moveEntries={moveEntries} />
      <VisuallyHidden aria-live="polite">{said}</VisuallyHidden>
    </div>
  );
}

const rowsOf = (list: HTMLElement) => [...list.querySelectorAll<HTMLElement>("[data-task]")];

const wordsOf = ({ title }: Task, place: number) => `Moved “${title}” to place ${place + 1}`;
