"use client";

import { Menu } from "@mantine/core";
import Link from "next/link";
import { AtElement } from "./at-element";
import { IconCheck } from "./icons";
import type { MenuAction, MenuEntry } from "./menu-entries";
import classes from "./entries-menu.module.css";

export interface EntriesMenuProps {
  /** The id of its button. */
  id: string;
  button: HTMLElement | null;
  width: number;
  entries: () => MenuEntry[];
  opened: boolean;
  onClose: () => void;
}

/** A menu at its button. */
export function EntriesMenu({ id, button, width, entries, opened, onClose }: EntriesMenuProps) {
  /** A dialog that it opens gives the focus back to what has it now, and the item goes with the menu. */
  const choose = (act: () => void) => {
    button?.focus({ preventScroll: true });
    act();
  };
  return (
    <Menu
      id={id}
      opened={opened}
      onClose={onClose}
      position="bottom-end"
      width={width}
      classNames={{ item: classes.item }}
    >
      <Menu.Target>
        <AtElement element={button} />
      </Menu.Target>
      <Menu.Dropdown>
        {entries().map((entry, index) => (
          <Entry
            key={typeof entry === "object" && "label" in entry ? entry.label : index}
            of={entry}
            choose={choose}
          />
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

interface EntryProps<Entry> {
  of: Entry;
  choose: (act: () => void) => void;
}

function Entry({ of: entry, choose }: EntryProps<MenuEntry>) {
  if (entry === "divider") return <Menu.Divider />;
  if ("content" in entry) return entry.content;
  if ("heading" in entry) return <Menu.Label>{entry.heading}</Menu.Label>;
  if (!("href" in entry)) return <Action of={entry} choose={choose} />;
  return (
    <Menu.Item component={Link} href={entry.href} leftSection={entry.icon} onClick={entry.onClick}>
      {entry.label}
    </Menu.Item>
  );
}

function Action({ of: action, choose }: EntryProps<MenuAction>) {
  const { label, icon, aside, checked, disabled, isDangerous } = action;
  const onClick = () => choose(action.onClick);
  if (checked !== undefined)
    return (
      <Menu.RadioItem
        value={label}
        checked={checked}
        checkIcon={<IconCheck size={15} />}
        closeMenuOnClick
        disabled={disabled}
        onChange={onClick}
      >
        {label}
      </Menu.RadioItem>
    );
  return (
    <Menu.Item
      className={isDangerous ? classes.dangerous : undefined}
      leftSection={icon}
      rightSection={aside}
      disabled={disabled}
      onClick={onClick}
    >
      {label}
    </Menu.Item>
  );
}
