"use client";

import { Popover } from "@mantine/core";
import { AtElement } from "../at-element";
import { FilterPanel, type FilterPanelProps } from "./filter-panel";

export interface FilterPopoverProps extends FilterPanelProps {
  /** The id of its button. */
  id: string;
  button: HTMLElement | null;
  opened: boolean;
  onClose: () => void;
}

/** The filters at their button. */
export function FilterPopover({ id, button, opened, onClose, ...panel }: FilterPopoverProps) {
  return (
    <Popover
      id={id}
      opened={opened}
      onDismiss={onClose}
      position="bottom-end"
      width={300}
      trapFocus
      withinPortal
      shadow="md"
    >
      <Popover.Target>
        <AtElement element={button} />
      </Popover.Target>
      <Popover.Dropdown>
        <FilterPanel {...panel} />
      </Popover.Dropdown>
    </Popover>
  );
}
