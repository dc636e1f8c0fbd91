"use client";

import { CloseButton, VisuallyHidden } from "@mantine/core";
import { useState, type KeyboardEvent } from "react";
import { countWords, ranked, type Choice } from "@/lib/palette/choices";
import { isComposing } from "../chat/input-method";
import { useChoices, type ChoicesOptions } from "./use-choices";
import classes from "./palette.module.css";

interface FinderProps extends ChoicesOptions {
  onTyped: (text: string) => void;
  onChoose: (choice: Choice) => void;
  onClose: () => void;
}

const optionId = (index: number) => `palette-choice-${index}`;

/** A field and what there is for its words: the first is chosen by Enter, another by the arrows or the pointer. */
export function Finder({ onTyped, onChoose, onClose, ...options }: FinderProps) {
  const { typed } = options;
  const choices = ranked(useChoices(options), typed);
  /** The one that was moved to, which stays the same when others come before it. */
  const [movedTo, setMovedTo] = useState<string | null>(null);
  const active = Math.max(
    0,
    choices.findIndex(({ id }) => id === movedTo),
  );

  function move(by: number) {
    const index = (active + by + choices.length) % choices.length;
    setMovedTo(choices[index]!.id);
    document.getElementById(optionId(index))?.scrollIntoView({ block: "nearest" });
  }

  function onKeyDown(event: KeyboardEvent) {
    if (isComposing(event) || choices.length === 0) return;
    if (event.key === "ArrowDown") move(1);
    else if (event.key === "ArrowUp") move(-1);
    else if (event.key === "Enter") onChoose(choices[active]!);
    else return;
    event.preventDefault();
  }

  return (
    <>
      <div className={classes.field}>
        <input
          className={classes.input}
          role="combobox"
          aria-label="Find or do anything"
          aria-autocomplete="list"
          aria-expanded={choices.length > 0}
          aria-controls="palette-choices"
          aria-activedescendant={choices.length > 0 ? optionId(active) : undefined}
          placeholder="Find a list or a task, or say what to do"
          autoComplete="off"
          maxLength={500}
          value={typed}
          onChange={(event) => {
            setMovedTo(null);
            onTyped(event.currentTarget.value);
          }}
          onKeyDown={onKeyDown}
        />
        <CloseButton size={44} iconSize={20} aria-label="Close" onClick={onClose} />
      </div>
      <VisuallyHidden role="status">{countWords(choices.length)}</VisuallyHidden>
      <ul id="palette-choices" className={classes.choices} role="listbox" aria-label="Results">
        {choices.map((choice, index) => (
          <li
            key={choice.id}
            id={optionId(index)}
            className={classes.choice}
            role="option"
            aria-selected={index === active}
            onPointerMove={() => setMovedTo(choice.id)}
            // The field keeps the focus.
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => onChoose(choice)}
          >
            <span className={classes.icon}>{choice.icon}</span>
            <span className={classes.label}>
              {choice.label}
              {choice.takes !== undefined && <b> {choice.takes}</b>}
            </span>
            <span className={classes.detail}>{choice.detail}</span>
          </li>
        ))}
      </ul>
    </>
  );
}
