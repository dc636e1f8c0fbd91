"use client";

import { ActionIcon, Textarea, Tooltip, VisuallyHidden } from "@mantine/core";
import { useRef, type KeyboardEvent, type MouseEvent, type RefObject } from "react";
import { useDictation } from "@/lib/chat/dictation";
import { showFailure } from "@/lib/notices";
import { IconArrowUp, IconMicrophone, IconPlayerStopFilled } from "../icons";
import { isComposing } from "./input-method";
import classes from "./composer.module.css";

const MAX_LENGTH = 4000;

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

/**
 * Enter sends, Shift and Enter begins a new line; while an answer comes the button stops it. Where the browser recognises
 * speech, words can be spoken; they are sent by nobody but the person.
 */
export function Composer({
  inputRef,
  text,
  onText,
  running,
  disabled,
  onSend,
  onStop,
}: ComposerProps) {
  const voiceButton = useRef<HTMLButtonElement>(null);
  const voice = useDictation({
    onText: (heard) => onText(heard.slice(0, MAX_LENGTH)),
    onEnd: () => {
      // The next key is for the words.
      if (document.activeElement === voiceButton.current) inputRef.current?.focus();
    },
    onProblem: (cause) => showFailure("Voice input ended", new Error(cause)),
  });

  function send() {
    const trimmed = text.trim();
    if (!trimmed || running || disabled) return;
    voice.drop();
    onText("");
    onSend(trimmed);
  }

  function onKeyDown(event: KeyboardEvent) {
    if (event.key === "Enter" && !event.shiftKey && !isComposing(event)) {
      event.preventDefault();
      send();
    }
  }

  function stopListening(event: KeyboardEvent) {
    if (event.key === "Escape") voice.stop();
  }

  function stop(event: MouseEvent) {
    const secondOfDoubleClickOnSend = event.detail > 1;
    if (!secondOfDoubleClickOnSend) onStop();
  }

  return (
    // Before the button's tooltip, which takes Escape for itself.
    <div className={classes.composer} onKeyDownCapture={stopListening}>
      <Textarea
        ref={inputRef}
        aria-label="Message to the assistant"
        placeholder={voice.isListening ? "Listening…" : "Tell me what to do"}
        autosize
        minRows={1}
        maxRows={6}
        maxLength={MAX_LENGTH}
        value={text}
        onChange={(event) => {
          voice.drop(); // the person goes on by hand
          onText(event.currentTarget.value);
        }}
        onKeyDown={onKeyDown}
        classNames={{ root: classes.root, input: classes.input }}
      />
      {voice.isPossible && (
        <Tooltip label={voice.isListening ? "Stop listening" : "Speak"}>
          <ActionIcon
            ref={voiceButton}
            radius="xl"
            size={34}
            variant={voice.isListening ? "light" : "subtle"}
            color={voice.isListening ? undefined : "gray"}
            className={classes.voice}
            aria-label="Voice input"
            aria-pressed={voice.isListening}
            onClick={() => (voice.isListening ? voice.stop() : voice.start(text))}
          >
            <IconMicrophone size={18} stroke={1.7} />
          </ActionIcon>
        </Tooltip>
      )}
      <VisuallyHidden role="status">{voice.isListening && "Listening"}</VisuallyHidden>
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
