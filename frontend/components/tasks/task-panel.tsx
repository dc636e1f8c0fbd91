"use client";

import { useDebouncedValue, useHotkeys, useLocalStorage } from "@mantine/hooks";
import { useCallback, useMemo, useRef, useState } from "react";
import { ApiError } from "@/lib/api/client";
import type { Task } from "@/lib/api/types";
import { useTaskActions } from "@/lib/tasks/actions";
import { DEFAULT_FILTERS, isFiltered, type Sort, type TaskFilters } from "@/lib/tasks/filters";
import { useTasks } from "@/lib/tasks/queries";
import { useNow } from "@/lib/tasks/use-now";
import {
  FailureNote,
  FirstTaskNote,
  ListSkeleton,
  NoMatchNote,
  SimilarNote,
  StaleNote,
} from "./list-states";
import { OpenSubtasksModal } from "./open-subtasks-modal";
import { QuickAdd } from "./quick-add";
import type { TaskFormTarget } from "./task-form";
import { TaskFormModal } from "./task-form-modal";
import { TaskList } from "./task-list";
import { TaskToolbar } from "./task-toolbar";
import classes from "./task-panel.module.css";

const TODAY: Intl.DateTimeFormatOptions = { weekday: "long", day: "numeric", month: "long" };

/** The list and everything to work on it by hand. */
export function TaskPanel() {
  const quickAddRef = useRef<HTMLInputElement>(null);
  const searchRef = useRef<HTMLInputElement>(null);
  const [formTarget, setFormTarget] = useState<TaskFormTarget | null>(null);
  const [filters, setFilters] = useTaskFilters();
  const [settledQuery] = useDebouncedValue(filters.query, 200);
  const list = useTasks({ ...filters, query: settledQuery });
  const actions = useTaskActions();
  const now = useNow();

  useHotkeys([
    ["n", () => quickAddRef.current?.focus()],
    ["/", () => searchRef.current?.focus()],
    ["mod+z", () => void actions.undo()],
    ["mod+shift+z", () => void actions.redo()],
  ]);

  const edit = useCallback((task: Task) => setFormTarget({ task }), []);
  const filterByTag = useCallback((tag: string) => setFilters({ tag }), [setFilters]);
  const { fetchNextPage } = list;
  // More must wait for a refetch under way: to give that up would leave what it was to show out of sight.
  const more = useCallback(() => void fetchNextPage({ cancelRefetch: false }), [fetchNextPage]);

  const tasks = useMemo(() => list.data?.pages.flatMap(({ items }) => items) ?? [], [list.data]);
  const { error } = list;
  const isStale = error instanceof ApiError && error.isTransient && tasks.length > 0;

  return (
    <div className={classes.panel}>
      <h1 className={classes.day}>{new Intl.DateTimeFormat(undefined, TODAY).format(now)}</h1>
      <QuickAdd
        inputRef={quickAddRef}
        busy={actions.isAdding}
        onAdd={actions.addFromText}
        onDetails={(title) => setFormTarget({ title })}
      />
      <TaskToolbar filters={filters} onChange={setFilters} searchRef={searchRef} />
      {isStale && <StaleNote />}
      {list.isPending && <ListSkeleton />}
      {error && tasks.length === 0 && (
        <FailureNote error={error} onRetry={() => void list.refetch()} />
      )}
      {list.isSuccess && tasks.length === 0 && (
        <EmptyNote
          filters={filters}
          busy={actions.isAdding}
          onClear={() => setFilters({ ...DEFAULT_FILTERS, sort: filters.sort })}
          onExample={actions.addFromText}
        />
      )}
      {list.data?.pages[0]?.similar && <SimilarNote query={settledQuery} />}
      {tasks.length > 0 && (
        <TaskList
          tasks={tasks}
          now={now}
          grouped={filters.sort === "due_date" && filters.status === "pending"}
          hasMore={list.hasNextPage}
          loadsMore={!list.isFetching && !error}
          isLoadingMore={list.isFetchingNextPage}
          onMore={more}
          onToggle={actions.toggle}
          onEdit={edit}
          onDelete={actions.deleteTask}
          onSkip={actions.skip}
          onTag={filterByTag}
        />
      )}
      <TaskFormModal
        target={formTarget}
        onClose={() => setFormTarget(null)}
        onDelete={actions.deleteTask}
      />
      <OpenSubtasksModal
        task={actions.asked}
        onAnswer={actions.completeWith}
        onClose={actions.stopAsking}
      />
    </div>
  );
}

/** The filters; the order is remembered on this device, the rest begins afresh. */
function useTaskFilters(): [TaskFilters, (changes: Partial<TaskFilters>) => void] {
  const [sort, setSort] = useLocalStorage<Sort>({
    key: "todo-stack.sort",
    defaultValue: "due_date",
  });
  const [rest, setRest] = useState<TaskFilters>(DEFAULT_FILTERS);
  const change = useCallback(
    (changes: Partial<TaskFilters>) => {
      if (changes.sort) setSort(changes.sort);
      setRest((current) => ({ ...current, ...changes }));
    },
    [setSort],
  );
  return [{ ...rest, sort }, change];
}

interface EmptyNoteProps {
  filters: TaskFilters;
  busy: boolean;
  onClear: () => void;
  onExample: (text: string) => unknown;
}

function EmptyNote({ filters, busy, onClear, onExample }: EmptyNoteProps) {
  return isFiltered(filters) ? (
    <NoMatchNote query={filters.query} onClear={onClear} />
  ) : (
    <FirstTaskNote busy={busy} onExample={onExample} />
  );
}
