"use client";

import { Button } from "@mantine/core";
import type { MouseEvent } from "react";
import type { Choice, Display } from "@/lib/chat/protocol";
import { TaskCards } from "./task-cards";
import classes from "./beside.module.css";

interface BesideProps {
  display: Display;
  /** Whether the question waits for an answer. */
  isOpen: boolean;
  told: number[];
  onSay: (text: string) => unknown;
}

/** What stands beside the words of an answer: cards of its tasks, and buttons for what can be said to its question. */
export function Beside({ display, isOpen, told, onSay }: BesideProps) {
  const { tasks, choices, change_id } = display;
  return (
    <>
      {(tasks.length > 0 || change_id) && (
        <TaskCards tasks={tasks} told={told} changeId={change_id} />
      )}
      {choices.length > 0 &&
        (isOpen ? <Choices choices={choices} onSay={onSay} /> : <Offered choices={choices} />)}
    </>
  );
}

function Choices({ choices, onSay }: { choices: Choice[]; onSay: (text: string) => unknown }) {
  function say(event: MouseEvent<HTMLElement>, { message }: Choice) {
    // The button goes with the question: who came by keyboard stays with the messages.
    event.currentTarget.closest<HTMLElement>("[role=log]")?.focus({ preventScroll: true });
    onSay(message);
  }
  return (
    <div className={classes.choices} role="group" aria-label="Answer the question">
      {choices.map((choice) => (
        <Button
          key={choice.message}
          variant="default"
          className={classes.choice}
          data-task={choice.task_id}
          onClick={(event) => say(event, choice)}
        >
          <ChoiceWords choice={choice} />
        </Button>
      ))}
    </div>
  );
}

/** The tasks of a question that was answered, for the record. */
function Offered({ choices }: { choices: Choice[] }) {
  const tasks = choices.filter(({ task_id }) => task_id !== undefined);
  if (tasks.length === 0) return null;
  return (
    <ul className={classes.offered}>
      {tasks.map((choice) => (
        <li key={choice.message}>
          <ChoiceWords choice={choice} />
        </li>
      ))}
    </ul>
  );
}

function ChoiceWords({ choice: { label, detail } }: { choice: Choice }) {
  return (
    <span>
      {label}
      {detail && <span className={classes.detail}> {detail}</span>}
    </span>
  );
}
