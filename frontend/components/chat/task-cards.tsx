"use client";

import { Button } from "@mantine/core";
import { useState } from "react";
import type { Task } from "@/lib/api/types";
import type { Display } from "@/lib/chat/protocol";
import { useChange, useToldTasks, type ChangeState } from "@/lib/chat/told";
import { showDone, showFailure } from "@/lib/notices";
import { useTaskActions } from "@/lib/tasks/actions";
import { dueLabel } from "@/lib/tasks/due";
import { useUndoChange } from "@/lib/tasks/mutations";
import { useNow } from "@/lib/tasks/use-now";
import { timeZone } from "@/lib/time-zone";
import { DueBadge } from "../tasks/due-badge";
import { OpenSubtasksModal } from "../tasks/open-subtasks-modal";
import { TaskCheckbox } from "../tasks/task-checkbox";
import { TaskFormModal } from "../tasks/task-form-modal";
import classes from "./task-cards.module.css";

/** More than these are shown when somebody asks for them. */
const AT_FIRST = 5;

interface TaskCardsProps {
  tasks: Display["tasks"];
  told: number[];
  changeId: string | undefined;
}

/** The tasks that an answer tells of, as they are now, to check and to open; and the way back of what it changed. */
export function TaskCards({ tasks, told, changeId }: TaskCardsProps) {
  const taskOf = useToldTasks(told);
  const actions = useTaskActions();
  const now = useNow();
  const [showsAll, setShowsAll] = useState(false);
  const [form, setForm] = useState<{ target: { task: Task } | null } | null>(null);
  const shown = showsAll ? tasks : tasks.slice(0, AT_FIRST);
  const undo = <UndoButton changeId={changeId} />;

  return (
    <>
      {tasks.length > 0 && (
        <ul className={classes.cards} aria-label="Tasks">
          {shown.map(({ id, title }) => (
            <TaskCard
              key={id}
              title={title}
              task={taskOf(id)}
              now={now}
              onToggle={actions.toggle}
              onOpen={(task) => setForm({ target: { task } })}
            >
              {tasks.length === 1 && undo}
            </TaskCard>
          ))}
        </ul>
      )}
      {(tasks.length > shown.length || tasks.length !== 1) && (
        <div className={classes.foot}>
          {tasks.length > shown.length && (
            <Button
              variant="subtle"
              className={classes.action}
              onClick={() => setShowsAll(true)}
            >{`Show all ${tasks.length}`}</Button>
          )}
          {tasks.length !== 1 && undo}
        </div>
      )}
      {form && (
        <TaskFormModal
          target={form.target}
          onClose={() => setForm({ target: null })}
          onDelete={actions.deleteTask}
        />
      )}
      {actions.asked && (
        <OpenSubtasksModal
          task={actions.asked}
          onAnswer={actions.completeWith}
          onClose={actions.stopAsking}
        />
      )}
    </>
  );
}

interface TaskCardProps {
  /** As it was when the answer was given. */
  title: string;
  /** As it is now; null when it is not on the list any more, undefined as long as that is not known. */
  task: Task | null | undefined;
  now: Date;
  onToggle: (task: Task) => void;
  onOpen: (task: Task) => void;
  children: React.ReactNode;
}

function TaskCard({ title, task, now, onToggle, onOpen, children }: TaskCardProps) {
  const due = task && dueLabel(task, timeZone(), now);
  return (
    <li className={classes.card} data-completed={task?.completed || undefined}>
      {task && (
        <label className={classes.check}>
          <TaskCheckbox task={task} onToggle={onToggle} />
        </label>
      )}
      <div className={classes.text}>
        <span className={classes.title}>{task?.title ?? title}</span>
        <span className={classes.facts}>
          {due && <DueBadge due={due} />}
          {task === null && "Not on your list any more"}
        </span>
      </div>
      <div className={classes.actions}>
        {children}
        {task && (
          <Button
            variant="subtle"
            className={classes.action}
            aria-label={`Open “${task.title}”`}
            onClick={() => onOpen(task)}
          >
            Open
          </Button>
        )}
      </div>
    </li>
  );
}

const UNDO_LABELS: Record<ChangeState, string> = {
  done: "Undo",
  undone: "Undone",
  changed: "Changed since",
};

/**
 * Takes back what an answer changed, all of it; stays where it is when that is done or not possible any more, and so does
 * the focus.
 */
function UndoButton({ changeId }: { changeId: string | undefined }) {
  const state = useChange(changeId);
  const { mutateAsync: undoChange, isPending } = useUndoChange();
  if (!changeId || !state) return null;

  async function undo(id: string) {
    if (state !== "done" || isPending) return;
    try {
      const { change } = await undoChange(id);
      showDone("undo", change.words);
    } catch (error) {
      showFailure("Nothing was undone", error as Error);
    }
  }

  return (
    <Button
      variant="subtle"
      className={classes.action}
      aria-disabled={state !== "done" || isPending}
      onClick={() => void undo(changeId)}
    >
      {UNDO_LABELS[state]}
    </Button>
  );
}
