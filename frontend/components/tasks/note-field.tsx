"use client";

import { Button, Input, Textarea } from "@mantine/core";
import { useId, useRef, useState, type KeyboardEvent, type MouseEvent } from "react";
import { flushSync } from "react-dom";
import { onDemand } from "@/lib/on-demand";
import { withBoxTicked } from "@/lib/tasks/note";
import markdown from "../markdown.module.css";
import classes from "./note-field.module.css";

const { Part: Markdown, useIsReady } = onDemand(() =>
  import("../markdown").then(({ Markdown }) => Markdown),
);

interface NoteFieldProps {
  value: string;
  onChange: (note: string) => void;
  /** Told the note in which a box was ticked, or its tick taken away. */
  onTick: (note: string) => void;
}

/** A note as it reads, with boxes to tick; written as plain text once it is clicked. */
export function NoteField({ value, onChange, onTick }: NoteFieldProps) {
  const [isEdited, setEdited] = useState(value.trim() === "");
  const field = useRef<HTMLTextAreaElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const isReady = useIsReady(!isEdited);
  const label = useId();

  function edit() {
    flushSync(() => setEdited(true));
    field.current?.focus();
    field.current?.setSelectionRange(value.length, value.length);
  }

  function show() {
    flushSync(() => setEdited(false));
    button.current?.focus();
  }

  function editOnClick({ target }: MouseEvent) {
    const isForItself = (target as Element).closest("a, label");
    const isMarkedToCopy = !window.getSelection()?.isCollapsed;
    if (!isForItself && !isMarkedToCopy) edit();
  }

  function showOnEscape(event: KeyboardEvent) {
    if (event.key === "Escape" && value.trim()) show();
  }

  return (
    <div className={classes.field}>
      {value.trim() && (
        <Button
          ref={button}
          variant="subtle"
          size="compact-xs"
          className={classes.switch}
          aria-describedby={label}
          onClick={isEdited ? show : edit}
        >
          {isEdited ? "Done" : "Edit"}
        </Button>
      )}
      {isEdited ? (
        <Textarea
          ref={field}
          label="Notes"
          labelProps={{ id: label }}
          description={"With Markdown: **bold**, a list by “- ”, and boxes to tick by “- [ ] ”"}
          inputWrapperOrder={["label", "input", "description"]}
          autosize
          minRows={2}
          maxRows={8}
          maxLength={1000}
          value={value}
          onChange={(event) => onChange(event.currentTarget.value)}
          onKeyDown={showOnEscape}
          // Escape closes the form elsewhere: what is written here is not lost by it.
          data-mantine-stop-propagation={value.trim() ? true : undefined}
        />
      ) : (
        <>
          <Input.Label id={label} labelElement="div">
            Notes
          </Input.Label>
          <div role="group" aria-labelledby={label} className={classes.note} onClick={editOnClick}>
            {isReady ? (
              <div className={markdown.words}>
                <Markdown
                  text={value}
                  onTick={(itemStart) => onTick(withBoxTicked(value, itemStart))}
                />
              </div>
            ) : (
              <p className={classes.plain}>{value}</p>
            )}
          </div>
        </>
      )}
    </div>
  );
}
