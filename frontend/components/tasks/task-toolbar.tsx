"use client";

import {
  ActionIcon,
  CloseButton,
  Group,
  Indicator,
  Menu,
  Popover,
  TextInput,
  UnstyledButton,
} from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import type { RefObject } from "react";
import { onDemand } from "@/lib/on-demand";
import { extraFilters, isView, SORT_LABELS, VIEWS, type Sort } from "@/lib/tasks/filters";
import { IconArrowsSort, IconCheck, IconFilter, IconSearch } from "../icons";
import type { FilterPanelProps } from "./filter-panel";
import classes from "./task-toolbar.module.css";

const { Part: FilterPanel, useIsReady } = onDemand(() =>
  import("./filter-panel").then(({ FilterPanel }) => FilterPanel),
);

interface TaskToolbarProps extends FilterPanelProps {
  searchRef: RefObject<HTMLInputElement | null>;
}

const SORTS = Object.entries(SORT_LABELS) as [Sort, string][];

/** Which tasks to show, and in what order. */
export function TaskToolbar({ filters, onChange, searchRef }: TaskToolbarProps) {
  return (
    <div className={classes.toolbar}>
      <div className={classes.views} role="group" aria-label="Views">
        {VIEWS.map((view) => (
          <UnstyledButton
            key={view.label}
            className={classes.view}
            aria-pressed={isView(view, filters)}
            onClick={() => onChange({ status: view.status, due: view.due })}
          >
            {view.label}
          </UnstyledButton>
        ))}
      </div>
      <Group gap={4} wrap="nowrap" className={classes.tools}>
        <TextInput
          ref={searchRef}
          aria-label="Search tasks"
          placeholder="Search"
          size="sm"
          value={filters.query}
          onChange={(event) => onChange({ query: event.currentTarget.value })}
          onKeyDown={(event) => {
            if (event.key === "Escape") onChange({ query: "" });
          }}
          leftSection={<IconSearch size={16} stroke={1.7} />}
          rightSection={
            filters.query && (
              <CloseButton
                size="sm"
                aria-label="Clear the search"
                onClick={() => onChange({ query: "" })}
              />
            )
          }
          classNames={{ root: classes.search, input: classes.searchInput }}
        />
        <FilterMenu filters={filters} onChange={onChange} />
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
            {SORTS.map(([value, label]) => (
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

function FilterMenu({ filters, onChange }: FilterPanelProps) {
  const [opened, { toggle, close }] = useDisclosure(false);
  const isReady = useIsReady(opened);
  const extra = extraFilters(filters);
  return (
    <Indicator disabled={extra === 0} label={extra} size={16} offset={5}>
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
          <ActionIcon variant="subtle" color="gray" size="lg" aria-label="Filter" onClick={toggle}>
            <IconFilter size={18} stroke={1.7} />
          </ActionIcon>
        </Popover.Target>
        <Popover.Dropdown>
          <FilterPanel filters={filters} onChange={onChange} />
        </Popover.Dropdown>
      </Popover>
    </Indicator>
  );
}
