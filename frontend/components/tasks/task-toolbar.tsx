"use client";

import { ActionIcon, Group, Menu, Popover } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import type { ReactNode, RefObject } from "react";
import { onDemand } from "@/lib/on-demand";
import type { Sort } from "@/lib/api/types";
import { countFilters, hasSort } from "@/lib/places/places";
import { SORT_LABELS } from "@/lib/tasks/filters";
import { IconArrowsSort, IconCheck, IconFilter } from "../icons";
import type { FilterPanelProps } from "./filter-panel";
import { SearchField } from "./search-field";
import classes from "./task-toolbar.module.css";

const { Part: FilterPanel, useIsReady } = onDemand(() =>
  import("./filter-panel").then(({ FilterPanel }) => FilterPanel),
);

interface TaskToolbarProps extends FilterPanelProps {
  searchRef: RefObject<HTMLInputElement | null>;
  /** What stands at the other end of its line. */
  children?: ReactNode;
}

const SORTS = Object.entries(SORT_LABELS) as [Sort, string][];

/** Which tasks to show, and in what order. */
export function TaskToolbar({ place, filters, onChange, searchRef, children }: TaskToolbarProps) {
  return (
    <div className={classes.toolbar}>
      {children}
      <Group gap={4} wrap="nowrap" className={classes.tools}>
        <SearchField
          label="Search tasks"
          query={filters.query}
          onChange={(query) => onChange({ query })}
          inputRef={searchRef}
        />
        <FilterMenu place={place} filters={filters} onChange={onChange} />
        <Menu position="bottom-end" width={180}>
          <Menu.Target>
            <ActionIcon
              variant="subtle"
              color="gray"
              size="lg"
              aria-label={`Sort: ${SORT_LABELS[filters.sort]}`}
            >
              <IconArrowsSort size={18} stroke={1.7} />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Label>Sort by</Menu.Label>
            {SORTS.filter(([value]) => hasSort(place, value)).map(([value, label]) => (
              <Menu.Item
                key={value}
                rightSection={value === filters.sort && <IconCheck size={15} />}
                onClick={() => onChange({ sort: value })}
              >
                {label}
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
      </Group>
    </div>
  );
}

function FilterMenu({ place, filters, onChange }: FilterPanelProps) {
  const [opened, { toggle, close }] = useDisclosure(false);
  const isReady = useIsReady(opened);
  const count = countFilters(place, filters);
  return (
    <Popover
      opened={opened && isReady}
      onDismiss={close}
      position="bottom-end"
      width={300}
      trapFocus
      withinPortal
      shadow="md"
    >
      <Popover.Target>
        <ActionIcon
          variant="subtle"
          color="gray"
          size="lg"
          className={classes.filter}
          aria-label="Filter"
          data-count={count || undefined}
          onClick={toggle}
        >
          <IconFilter size={18} stroke={1.7} />
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown>
        <FilterPanel place={place} filters={filters} onChange={onChange} />
      </Popover.Dropdown>
    </Popover>
  );
}
