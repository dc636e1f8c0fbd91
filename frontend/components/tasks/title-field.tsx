"use client";

import { TextInput } from "@mantine/core";
import { useEffect, useRef, useState, type KeyboardEvent } from "react";
import { useFocusBack } from "@/lib/use-focus-back";
import { isComposing } from "../chat/input-method";
import classes from "./title-field.module.css";

interface TitleFieldProps {
  /** The title as it is. */
  title: string;
  /** What the field begins with: the title, or what could not be saved as one. */
  draft: string;
  onSave: (title: string) => void;
  onClose: () => void;
  /** What has the focus afterwards, unless it has gone elsewhere. */
  focusBack: () => HTMLElement | null;
}

/** A task's title as it is edited in its row: Enter and leaving save, Escape does not. */
export function TitleField({ title, draft, onSave, onClose, focusBack }: TitleFieldProps) {
  const input = useRef<HTMLInputElement>(null);
  const [text, setText] = useState(draft);
  const [isRefused, setRefused] = useState(false);
  useFocusBack(focusBack);

  const isBegun = draft === title;
  useEffect(() => {
    // What could not be saved comes back while the person may be typing elsewhere.
    if (isBegun || document.activeElement === document.body) input.current?.select();
  }, [isBegun]);

  function save() {
    const wanted = text.trim();
    if (!wanted || wanted === title) onClose();
    else onSave(wanted);
  }

  function onKeyDown(event: KeyboardEvent) {
    if (isComposing(event)) return;
    if (event.key === "Escape") onClose();
    if (event.key !== "Enter") return;
    event.preventDefault(); // or the button that has the focus next is pressed by it
    if (text.trim()) save();
    else setRefused(true);
  }

  return (
    <TextInput
      ref={input}
      aria-label={`Title of “${title}”`}
      maxLength={200}
      value={text}
      error={isRefused && !text.trim() && "Give the task a title."}
      onChange={(event) => setText(event.currentTarget.value)}
      onKeyDown={onKeyDown}
      onBlur={save}
      classNames={{ input: classes.input }}
    />
  );
}
