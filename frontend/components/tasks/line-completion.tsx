"use client";

import { VisuallyHidden } from "@mantine/core";
import {
  useEffect,
  useImperativeHandle,
  useMemo,
  useState,
  type KeyboardEvent,
  type Ref,
} from "react";
import { completed, completionsOf, type Completion } from "@/lib/tasks/completion";
import { dayIn } from "@/lib/tasks/due";
import { useCounts } from "@/lib/tasks/queries";
import { useTimeZone } from "@/lib/time-zone";
import { isComposing } from "../chat/input-method";
import classes from "./line-completion.module.css";

/** Takes the keys of the field before it does. */
export interface CompletionHandle {
  onKeyDown: (event: KeyboardEvent) => void;
}

interface LineCompletionProps {
  /** The list's id, with which those of its options begin. */
  id: string;
  handleRef: Ref<CompletionHandle>;
  now: Date;
  line: string;
  caret: number;
  onTake: (line: string, caret: number) => void;
  /** Told the id of the option that is moved to, "" as long as that is none; null while there is no list. */
  onOption: (id: string | null) => void;
}

const NONE: Completion[] = [];

/** What a line may go on with. Nothing of it is chosen before somebody moves to it: until then Enter adds the task. */
export function LineCompletion({
  id,
  handleRef,
  now,
  line,
  caret,
  onTake,
  onOption,
}: LineCompletionProps) {
  const today = dayIn(useTimeZone(), now);
  const { data: counts } = useCounts(today);
  const [movedTo, setMovedTo] = useState<string | null>(null);
  /** Where those begin that Escape has closed. */
  const [closedAt, setClosedAt] = useState<number | null>(null);
  const found = useMemo(
    () => completionsOf(line, caret, counts?.tags ?? [], today),
    [line, caret, counts, today],
  );
  const start = found?.start ?? null;
  // The next ones, of other words, are offered again.
  if (closedAt !== null && closedAt !== start) setClosedAt(null);
  const choices = found && closedAt !== start ? found.choices : NONE;
  const active = choices.findIndex(({ words }) => words === movedTo);
  const optionId = (index: number) => `${id}-${index}`;
  const option = active < 0 ? "" : optionId(active);

  const told = choices.length > 0 ? option : null;
  useEffect(() => onOption(told), [onOption, told]);
  useEffect(() => () => onOption(null), [onOption]);

  function take(choice: Completion) {
    const taken = completed(line, caret, start!, choice);
    onTake(taken.text, taken.caret);
  }

  function move(by: number) {
    const from = active < 0 && by < 0 ? 0 : active;
    setMovedTo(choices[(from + by + choices.length) % choices.length]!.words);
  }

  function onKeyDown(event: KeyboardEvent) {
    if (isComposing(event) || choices.length === 0) return;
    if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    if (event.key === "ArrowDown") move(1);
    else if (event.key === "ArrowUp") move(-1);
    else if (event.key === "Escape") setClosedAt(start);
    else if (active >= 0 && (event.key === "Enter" || event.key === "Tab")) take(choices[active]!);
    else return;
    event.preventDefault();
  }

  useImperativeHandle(handleRef, () => ({ onKeyDown }));

  return (
    <>
      <VisuallyHidden role="status">{choices.length > 0 && countWords(choices)}</VisuallyHidden>
      {choices.length > 0 && (
        <div className={classes.at}>
          <span aria-hidden className={classes.before}>
            {line.slice(0, start!)}
          </span>
          <ul id={id} role="listbox" aria-label="Go on with" className={classes.choices}>
            {choices.map((choice, index) => (
              <li
                key={choice.words}
                id={optionId(index)}
                className={classes.choice}
                role="option"
                aria-selected={index === active}
                // The field keeps the focus.
                onMouseDown={(event) => event.preventDefault()}
                onClick={() => take(choice)}
              >
                <span className={classes.words}>{choice.words}</span>
                <span className={classes.detail}>{choice.detail}</span>
              </li>
            ))}
          </ul>
        </div>
      )}
    </>
  );
}

const countWords = ({ length }: Completion[]) =>
  length === 1 ? "1 suggestion" : `${length} suggestions`;
