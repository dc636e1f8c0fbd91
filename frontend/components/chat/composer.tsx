"use client";

import { ActionIcon, Textarea } from "@mantine/core";
import type { KeyboardEvent, MouseEvent, RefObject } from "react";
import { IconArrowUp, IconPlayerStopFilled } from "../icons";
import { isComposing } from "./input-method";
import classes from "./composer.module.css";

interface ComposerProps {
  inputRef: RefObject<HTMLTextAreaElement | null>;
  text: string;
  onText: (text: string) => void;
  running: boolean;
  /** Whether nothing can be sent, but written. */
  disabled: boolean;
  onSend: (text: string) => unknown;
  onStop: () => void;
}

/** Enter sends, Shift and Enter begins a new line; while an answer comes the button stops it. */
export function Composer({
  inputRef,
  text,
  onText,
  running,
  disabled,
  onSend,
  onStop,
}: ComposerProps) {
  function send() {
    const trimmed = text.trim();
    if (!trimmed || running || disabled) return;
    onText("");
    onSend(trimmed);
  }

  function onKeyDown(event: KeyboardEvent) {
    if (event.key === "Enter" && !event.shiftKey && !isComposing(event)) {
      event.preventDefault();
      send();
    }
  }

  function stop(event: MouseEvent) {
    const secondOfDoubleClickOnSend = event.detail > 1;
    if (!secondOfDoubleClickOnSend) onStop();
  }

  return (
    <div className={classes.composer}>
      <Textarea
        ref={inputRef}
        aria-label="Message to the assistant"
        placeholder="Tell me what to do"
        autosize
        minRows={1}
        maxRows={6}
        maxLength={4000}
        value={text}
        onChange={(event) => onText(event.currentTarget.value)}
        onKeyDown={onKeyDown}
        classNames={{ root: classes.root, input: classes.input }}
      />
      {running ? (
        <ActionIcon radius="xl" size={34} variant="default" aria-label="Stop" onClick={stop}>
          <IconPlayerStopFilled size={15} />
        </ActionIcon>
      ) : (
        <ActionIcon
          radius="xl"
          size={34}
          variant="filled"
          aria-label="Send"
          disabled={disabled || !text.trim()}
          onClick={send}
        >
          <IconArrowUp size={18} stroke={2.2} />
        </ActionIcon>
      )}
    </div>
  );
}
