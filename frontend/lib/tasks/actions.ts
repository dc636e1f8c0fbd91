"use client";

import { useMemo, useState } from "react";
import { ApiError } from "../api/client";
import type { LineDefaults, OpenSubtasksAre, Task } from "../api/types";
import { showDone, showFailure } from "../notices";
import { timeZone } from "../time-zone";
import { changesBack, changeWords, type RowChanges } from "./changes";
import { dueLabel } from "./due";
import { lineOf, type Draft } from "./line";
import {
  useCompleteTask,
  useDeleteTask,
  useMoveOverdue,
  useQuickAdd,
  useRestoreTask,
  useReverse,
  useSkipTask,
  useUndoChange,
  useUpdateTask,
} from "./mutations";

/** What a person does to one task, each step with its way back. The functions stay the same between renders. */
export function useTaskActions() {
  const { mutateAsync: quickAdd, isPending: isAdding } = useQuickAdd();
  const { mutateAsync: complete } = useCompleteTask();
  const { mutateAsync: update } = useUpdateTask();
  const { mutateAsync: remove } = useDeleteTask();
  const { mutateAsync: restore } = useRestoreTask();
  const { mutateAsync: moveAll } = useMoveOverdue();
  const { mutateAsync: reverse } = useReverse();
  const { mutateAsync: undoOne } = useUndoChange();
  const { mutateAsync: skipOne } = useSkipTask();
  /** The task whose open subtasks are asked about. */
  const [asked, setAsked] = useState<Task | null>(null);

  const actions = useMemo(() => {
    async function setCompleted(
      task: Task,
      completed: boolean,
      { offerUndo = true, subtasks }: { offerUndo?: boolean; subtasks?: OpenSubtasksAre } = {},
    ): Promise<void> {
      const { done, total } = task.subtasks ?? { done: 0, total: 0 };
      if (completed && done < total && !subtasks) return setAsked(task);
      try {
        await complete({ id: task.id, completed, open_subtasks: subtasks });
        const text = completed ? `Completed “${task.title}”` : `Opened “${task.title}” again`;
        // With one that repeats or has subtasks, others were changed, too: the way back takes all.
        const back = () =>
          void (task.recurrence || subtasks
            ? undo()
            : setCompleted(task, !completed, { offerUndo: false, subtasks: "leave" }));
        showDone(`task-${task.id}`, text, offerUndo ? back : undefined);
      } catch (error) {
        if (error instanceof ApiError && error.code === "open_subtasks") setAsked(task);
        else showFailure("The task was not changed", error as Error);
      }
    }

    /** Resolves to false when it was refused. Of a task that repeats, a new date is this time's, the rest is for all. */
    async function change(task: Task, changes: RowChanges, offerUndo = true): Promise<boolean> {
      try {
        const changed = await update({ id: task.id, changes });
        const text = changeWords(task, changed, changes, timeZone(), new Date());
        const back = () =>
          void (task.recurrence ? undo() : change(changed, changesBack(task, changes), false));
        showDone(`task-${task.id}`, text, offerUndo ? back : undefined);
        return true;
      } catch (error) {
        showFailure("The task was not changed", error as Error);
        return false;
      }
    }

    async function deleteTask(task: Task): Promise<void> {
      try {
        await remove(task.id);
        showDone(`task-${task.id}`, `Deleted “${task.title}”`, () => void restoreTask(task));
      } catch (error) {
        showFailure("The task was not deleted", error as Error);
      }
    }

    async function restoreTask(task: Task): Promise<void> {
      try {
        await restore(task.id);
      } catch (error) {
        showFailure("The task was not brought back", error as Error);
      }
    }

    /** Resolves to false when the text must stay in the field for another try. */
    async function addFromLine(draft: Draft, defaults: Partial<LineDefaults>): Promise<boolean> {
      try {
        const task = await quickAdd(lineOf(draft, defaults, timeZone()));
        const due = dueLabel(task, timeZone(), new Date());
        const when = [due?.text, task.recurrence?.words].filter(Boolean).join(" · ");
        const said = `Added “${task.title}”${when ? ` · ${when}` : ""}`;
        showDone(`task-${task.id}`, said, () => void deleteTask(task));
        return true;
      } catch (error) {
        showFailure("The task was not added", error as Error);
        return false;
      }
    }

    /** All that is overdue, if that is as many tasks as expected. */
    async function moveOverdue(today: string, expected: number): Promise<void> {
      try {
        const { change } = await moveAll({ day: today, expected });
        showDone("overdue", change.words, () => void takeBack(change.id));
      } catch (error) {
        showFailure("Nothing was moved", error as Error);
      }
    }

    async function skip(task: Task): Promise<void> {
      try {
        const due = dueLabel(await skipOne(task.id), timeZone(), new Date());
        showDone(`task-${task.id}`, `Skipped “${task.title}” · ${due?.text}`, () => void undo());
      } catch (error) {
        showFailure("The task was not skipped", error as Error);
      }
    }

    /** One change, whatever has been done since. */
    async function takeBack(id: string): Promise<void> {
      try {
        await undoOne(id);
      } catch (error) {
        showFailure("Nothing was undone", error as Error);
      }
    }

    /** The last change, by whichever entry point it was made; its notice offers the way back. */
    async function undo(): Promise<void> {
      try {
        const { change } = await reverse("undo");
        showDone("undo", change.words, () => void redo(), "Redo");
      } catch (error) {
        showFailure("Nothing was undone", error as Error);
      }
    }

    async function redo(): Promise<void> {
      try {
        const { change } = await reverse("redo");
        showDone("undo", change.words, () => void undo());
      } catch (error) {
        showFailure("Nothing was redone", error as Error);
      }
    }

    const toggle = (task: Task) => void setCompleted(task, !task.completed);
    const completeWith = (task: Task, subtasks: OpenSubtasksAre) =>
      void setCompleted(task, true, { subtasks });
    const stopAsking = () => setAsked(null);
    return {
      toggle,
      completeWith,
      stopAsking,
      change,
      deleteTask,
      skip,
      moveOverdue,
      addFromLine,
      takeBack,
      undo,
      redo,
    };
  }, [quickAdd, complete, update, remove, restore, moveAll, reverse, undoOne, skipOne]);

  return { ...actions, asked, isAdding };
}
