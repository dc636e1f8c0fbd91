"use client";

import {
  ActionIcon,
  Button,
  Chip,
  CloseButton,
  Group,
  Indicator,
  Menu,
  Popover,
  Select,
  Stack,
  TextInput,
  UnstyledButton,
} from "@mantine/core";
import type { RefObject } from "react";
import { PRIORITIES, type DueWindow, type Priority, type Status } from "@/lib/api/types";
import {
  DEFAULT_FILTERS,
  DUE_LABELS,
  extraFilters,
  isFiltered,
  isView,
  SORT_LABELS,
  VIEWS,
  type Sort,
  type TaskFilters,
} from "@/lib/tasks/filters";
import { IconArrowsSort, IconCheck, IconFilter, IconSearch } from "../icons";
import { PRIORITY_LABELS } from "./priority";
import classes from "./task-toolbar.module.css";

interface TaskToolbarProps {
  filters: TaskFilters;
  onChange: (changes: Partial<TaskFilters>) => void;
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

function FilterMenu({ filters, onChange }: Omit<TaskToolbarProps, "searchRef">) {
  const extra = extraFilters(filters);
  return (
    <Indicator disabled={extra === 0} label={extra} size={16} offset={5}>
      <Popover position="bottom-end" width={300} trapFocus withinPortal shadow="md">
        <Popover.Target>
          <ActionIcon variant="subtle" color="gray" size="lg" aria-label="Filter">
            <IconFilter size={18} stroke={1.7} />
          </ActionIcon>
        </Popover.Target>
        <Popover.Dropdown>
          <Stack gap="sm">
            <Select
              label="Status"
              data={[
                { value: "pending", label: "Open" },
                { value: "completed", label: "Done" },
                { value: "all", label: "Open and done" },
              ]}
              value={filters.status}
              onChange={(status) => onChange({ status: (status ?? "pending") as Status })}
              allowDeselect={false}
              comboboxProps={{ withinPortal: false }}
            />
            <Stack gap={6} role="group" aria-label="Due">
              <span className={classes.label}>Due</span>
              <Chip.Group
                multiple
                value={[...filters.due]}
                onChange={(values) => onChange({ due: values as DueWindow[] })}
              >
                <Group gap={6}>
                  {Object.entries(DUE_LABELS).map(([window, label]) => (
                    <Chip key={window} value={window} size="xs">
                      {label}
                    </Chip>
                  ))}
                </Group>
              </Chip.Group>
            </Stack>
            <TextInput
              label="Tag"
              placeholder="home"
              value={filters.tag}
              onChange={(event) => onChange({ tag: event.currentTarget.value.replace(/^#/, "") })}
            />
            <Stack gap={6} role="group" aria-label="Priority">
              <span className={classes.label}>Priority</span>
              <Chip.Group
                multiple
                value={filters.priorities}
                onChange={(values) => onChange({ priorities: values as Priority[] })}
              >
                <Group gap={6}>
                  {[...PRIORITIES].reverse().map((priority) => (
                    <Chip key={priority} value={priority} size="xs">
                      {PRIORITY_LABELS[priority]}
                    </Chip>
                  ))}
                </Group>
              </Chip.Group>
            </Stack>
            <Button
              variant="light"
              size="xs"
              disabled={!isFiltered(filters)}
              onClick={() => onChange({ ...DEFAULT_FILTERS, sort: filters.sort })}
            >
              Clear all filters
            </Button>
          </Stack>
        </Popover.Dropdown>
      </Popover>
    </Indicator>
  );
}
