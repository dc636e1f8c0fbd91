"use client";

import { Button, Chip, Group, Select, Stack, TextInput } from "@mantine/core";
import { PRIORITIES, type DueWindow, type Priority, type Status } from "@/lib/api/types";
import { DEFAULT_FILTERS, DUE_LABELS, isFiltered, type TaskFilters } from "@/lib/tasks/filters";
import { PRIORITY_LABELS } from "./priority";
import classes from "./task-toolbar.module.css";

export interface FilterPanelProps {
  filters: TaskFilters;
  onChange: (changes: Partial<TaskFilters>) => void;
}

/** Every filter of the list. */
export function FilterPanel({ filters, onChange }: FilterPanelProps) {
  return (
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
  );
}
