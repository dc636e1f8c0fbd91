"use client";

import { ActionIcon, type ActionIconProps } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useId, useState, type ReactNode } from "react";
import { onDemandOverlay } from "@/lib/on-demand";
import type { MenuEntry } from "./menu-entries";

const { Part: EntriesMenu, useIsReady } = onDemandOverlay(() =>
  import("./entries-menu").then(({ EntriesMenu }) => EntriesMenu),
);

interface MenuButtonProps extends Pick<ActionIconProps, "className" | "radius" | "size"> {
  label: string;
  /** Of the menu. */
  width: number;
  entries: () => MenuEntry[];
  inert?: boolean;
  children: ReactNode;
}

/** A button that opens a menu, whose code the page does not begin with. */
export function MenuButton({ label, width, entries, children, ...look }: MenuButtonProps) {
  const id = useId();
  const [button, setButton] = useState<HTMLElement | null>(null);
  const [opened, { toggle, close }] = useDisclosure(false);
  return (
    <>
      <ActionIcon
        {...look}
        ref={setButton}
        id={id}
        variant="subtle"
        color="gray"
        aria-label={label}
        aria-haspopup="menu"
        aria-expanded={opened}
        aria-controls={opened ? `${id}-dropdown` : undefined}
        onClick={toggle}
      >
        {children}
      </ActionIcon>
      <EntriesMenu
        id={id}
        button={button}
        width={width}
        entries={entries}
        opened={opened}
        onClose={close}
      />
    </>
  );
}

/** Fetches what menus need ahead of the first that is opened. */
export const useMenusAhead = () => useIsReady(true);
