"use client";

import { ActionIcon, Group } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useId, useState, type ReactNode, type RefObject } from "react";
import { onDemandOverlay } from "@/lib/on-demand";
import type { Sort } from "@/lib/api/types";
import { countFilters, hasSort } from "@/lib/places/places";
import { SORT_LABELS } from "@/lib/tasks/filters";
import { IconArrowsSort, IconCheck, IconFilter } from "../icons";
import { MenuButton } from "../menu-button";
import type { FilterPanelProps } from "./filter-panel";
import { SearchField } from "./search-field";
import classes from "./task-toolbar.module.css";

const { Part: FilterPopover } = onDemandOverlay(() =>
  import("./filter-popover").then(({ FilterPopover }) => FilterPopover),
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
        <MenuButton
          label={`Sort: ${SORT_LABELS[filters.sort]}`}
          size="lg"
          width={180}
          entries={() => [
            { heading: "Sort by" },
            ...SORTS.filter(([value]) => hasSort(place, value)).map(([value, label]) => ({
              label,
              aside: value === filters.sort && <IconCheck size={15} />,
              onClick: () => onChange({ sort: value }),
            })),
          ]}
        >
          <IconArrowsSort size={18} stroke={1.7} />
        </MenuButton>
      </Group>
    </div>
  );
}

function FilterMenu({ place, filters, onChange }: FilterPanelProps) {
  const id = useId();
  const [button, setButton] = useState<HTMLElement | null>(null);
  const [opened, { toggle, close }] = useDisclosure(false);
  const count = countFilters(place, filters);
  return (
    <>
      <ActionIcon
        ref={setButton}
        id={id}
        variant="subtle"
        color="gray"
        size="lg"
        className={classes.filter}
        aria-label="Filter"
        aria-haspopup="dialog"
        aria-expanded={opened}
        aria-controls={opened ? `${id}-dropdown` : undefined}
        data-count={count || undefined}
        onClick={toggle}
      >
        <IconFilter size={18} stroke={1.7} />
      </ActionIcon>
      <FilterPopover
        id={id}
        button={button}
        opened={opened}
        onClose={close}
        place={place}
        filters={filters}
        onChange={onChange}
      />
    </>
  );
}
