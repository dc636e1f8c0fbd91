"use client";

import { ActionIcon, Textarea } from "@mantine/core";
import { IconArrowUp, IconPlayerStopFilled } from "@tabler/icons-react";
import { useState, type KeyboardEvent, type RefObject } from "react";
import classes from "./composer.module.css";

interface ComposerProps {
  inputRef: RefObject<HTMLTextAreaElement | null>;
  running: boolean;
  onSend: (text: string) => unknown;
  onStop: () => void;
}

/** Enter sends, Shift and Enter begins a new line; while an answer comes the button stops it. */
export function Composer({ inputRef, running, onSend, onStop }: ComposerProps) {
  const [text, setText] = useState("");

  function send() {
    const trimmed = text.trim();
    if (!trimmed || running) return;
    setText("");
    onSend(trimmed);
  }

  function onKeyDown(event: KeyboardEvent) {
    // Enter also ends the choice of a character in an input method; that one is not ours.
    if (event.key === "Enter" && !event.shiftKey && !event.nativeEvent.isComposing) {
      event.preventDefault();
      send();
    }
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
        onChange={(event) => setText(event.currentTarget.value)}
        onKeyDown={onKeyDown}
        classNames={{ root: classes.root, input: classes.input }}
      />
      {running ? (
        <ActionIcon radius="xl" size={34} variant="default" aria-label="Stop" onClick={onStop}>
          <IconPlayerStopFilled size={15} />
        </ActionIcon>
      ) : (
        <ActionIcon
          radius="xl"
          size={34}
          variant="filled"
          aria-label="Send"
          disabled={!text.trim()}
          onClick={send}
        >
          <IconArrowUp size={18} stroke={2.2} />
        </ActionIcon>
      )}
    </div>
  );
}
