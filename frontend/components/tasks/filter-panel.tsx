"use client";

import { Button, Chip, Group, Select, Stack, TextInput } from "@mantine/core";
import { PRIORITIES, type DueWindow, type Priority, type Status } from "@/lib/api/types";
import { filtersOf, isFiltered, isOpen, type Place } from "@/lib/places/places";
import { DUE_LABELS, STATUS_LABELS, type TaskFilters } from "@/lib/tasks/filters";
import { PRIORITY_LABELS } from "./priority";
import classes from "./task-toolbar.module.css";

export interface FilterPanelProps {
  place: Place;
  filters: TaskFilters;
  onChange: (changes: Partial<TaskFilters>) => void;
}

const STATUSES = Object.entries(STATUS_LABELS).map(([value, label]) => ({ value, label }));

/** Every filter that a place leaves open. */
export function FilterPanel({ place, filters, onChange }: FilterPanelProps) {
  return (
    <Stack gap="sm">
      {isOpen(place, "status") && (
        <Select
          label="Status"
          data={STATUSES}
          value={filters.status}
          onChange={(status) => onChange({ status: (status ?? "pending") as Status })}
          allowDeselect={false}
          comboboxProps={{ withinPortal: false }}
        />
      )}
      {isOpen(place, "due") && (
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
      )}
      {isOpen(place, "tag") && (
        <TextInput
          label="Tag"
          placeholder="home"
          value={filters.tag}
          onChange={(event) => onChange({ tag: event.currentTarget.value.replace(/^#/, "") })}
        />
      )}
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
        disabled={!isFiltered(place, filters)}
        onClick={() => onChange({ ...filtersOf(place), sort: filters.sort })}
      >
        Clear all filters
      </Button>
    </Stack>
  );
}
