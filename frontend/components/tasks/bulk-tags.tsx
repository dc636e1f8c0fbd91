"use client";

import { Checkbox, Popover, Stack, TextInput } from "@mantine/core";
import { useState, type FormEvent, type ReactElement } from "react";
import type { ManyPatch, Task } from "@/lib/api/types";
import { IconPlus } from "../icons";
import classes from "./bulk-bar.module.css";

interface BulkTagsProps {
  tasks: Task[];
  /** The tags that there are. */
  known: string[];
  label: string;
  opened: boolean;
  onChange: (changes: ManyPatch) => void;
  onClose: () => void;
  /** The button that it belongs to. */
  children: ReactElement;
}

/** The tags of several tasks: which all have or some, to add and to take away, each as one change. */
export function BulkTags({
  tasks,
  known,
  label,
  opened,
  onChange,
  onClose,
  children,
}: BulkTagsProps) {
  const [text, setText] = useState("");
  const wanted = text.replace(/^#/, "").trim().toLowerCase();
  const own = [...new Set(tasks.flatMap(({ tags }) => tags))].sort();
  const tags = [...own, ...known.filter((tag) => !own.includes(tag))];
  const countOf = (tag: string) => tasks.filter((task) => task.tags.includes(tag)).length;

  function add(event: FormEvent) {
    event.preventDefault();
    if (!wanted) return;
    onChange({ add_tags: [wanted] });
    setText("");
  }

  return (
    <Popover
      opened={opened}
      onDismiss={onClose}
      position="top"
      width={240}
      trapFocus
      returnFocus
      withRoles={false}
      shadow="md"
    >
      <Popover.Target>{children}</Popover.Target>
      <Popover.Dropdown role="dialog" aria-label={label}>
        <form onSubmit={add}>
          <TextInput
            aria-label="Add a tag"
            placeholder="Add a tag"
            size="sm"
            maxLength={50}
            enterKeyHint="done"
            leftSection={<IconPlus size={16} stroke={1.8} />}
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
            data-autofocus
          />
        </form>
        <Stack gap={0} className={classes.tags}>
          {tags
            .filter((tag) => tag.includes(wanted))
            .map((tag) => {
              const count = countOf(tag);
              const isOnAll = count === tasks.length;
              return (
                <Checkbox
                  key={tag}
                  label={`#${tag}`}
                  checked={isOnAll}
                  indeterminate={count > 0 && !isOnAll}
                  onChange={() => onChange(isOnAll ? { remove_tags: [tag] } : { add_tags: [tag] })}
                  classNames={{ body: classes.tag, labelWrapper: classes.tagLabel }}
                />
              );
            })}
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}
