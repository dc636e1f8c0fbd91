"use client";

import { ActionIcon, Loader, TextInput, Tooltip } from "@mantine/core";
import type { Dispatch, FormEvent, RefObject, SetStateAction } from "react";
import { IconAdjustmentsHorizontal, IconPlus } from "../icons";
import classes from "./quick-add.module.css";

interface QuickAddProps {
  inputRef: RefObject<HTMLInputElement | null>;
  busy: boolean;
  /** What has been typed: it outlasts the place. */
  text: string;
  setText: Dispatch<SetStateAction<string>>;
  /** Resolves to false when the text should stay. */
  onAdd: (text: string) => Promise<boolean>;
  /** Opens the full form, with what has been typed as its title. */
  onDetails: (title: string) => void;
}

/** One line that takes a task the way a person would say it. */
export function QuickAdd({ inputRef, busy, text, setText, onAdd, onDetails }: QuickAddProps) {
  async function submit(event: FormEvent) {
    event.preventDefault();
    const trimmed = text.trim();
    if (!trimmed || busy) return;
    // What has been typed meanwhile is the next task.
    if (await onAdd(trimmed)) setText((now) => (now.trim() === trimmed ? "" : now));
  }

  return (
    <form onSubmit={submit} className={classes.form}>
      <TextInput
        ref={inputRef}
        aria-label="Add a task"
        placeholder="Add a task: pay rent friday 5pm p1 #home"
        size="md"
        maxLength={500}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        leftSection={busy ? <Loader size={16} /> : <IconPlus size={19} stroke={1.8} />}
        rightSection={
          <Tooltip label="Add with all details">
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label="Add with all details"
              onClick={() => {
                onDetails(text.trim());
                setText("");
              }}
            >
              <IconAdjustmentsHorizontal size={18} stroke={1.7} />
            </ActionIcon>
          </Tooltip>
        }
        classNames={{ input: classes.input, section: classes.section }}
      />
    </form>
  );
}
