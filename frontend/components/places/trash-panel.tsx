"use client";

import { Button } from "@mantine/core";
import { useHotkeys } from "@mantine/hooks";
import { useRef } from "react";
import type { DeletedTask } from "@/lib/api/types";
import type { Place } from "@/lib/places/places";
import { useFilters, useKeptPlace, useSettledQuery } from "@/lib/places/use-place";
import { useOffline } from "@/lib/offline/state";
import { showDone, showFailure } from "@/lib/notices";
import { useTaskActions } from "@/lib/tasks/actions";
import { useRestoreAll, useRestoreTask } from "@/lib/tasks/mutations";
import { useTrash } from "@/lib/tasks/queries";
import { useNow } from "@/lib/tasks/use-now";
import { useTimeZone } from "@/lib/time-zone";
import {
  EmptyPlaceNote,
  FailureNote,
  ListSkeleton,
  NoMatchNote,
  NotKeptNote,
} from "../tasks/list-states";
import { SearchField } from "../tasks/search-field";
import panel from "../tasks/task-panel.module.css";
import toolbar from "../tasks/task-toolbar.module.css";
import { PlaceHeading } from "./place-heading";
import classes from "./trash-panel.module.css";

/** What was deleted, and the way back for each task and for all of them. */
export function TrashPanel({ place }: { place: Place }) {
  const [filters, setFilters] = useFilters(place);
  useKeptPlace(place, filters);
  const searchRef = useRef<HTMLInputElement>(null);
  const query = useSettledQuery(place, filters).trim();
  const trash = useTrash(query);
  const now = useNow();
  const { isCutOff } = useOffline();
  const { undo, redo, deleteTask } = useTaskActions();
  const restoreOne = useRestoreTask();
  const restoreAll = useRestoreAll();
  const tasks = trash.data?.pages.flatMap(({ items }) => items) ?? [];
  const count = trash.data?.pages[0]?.count ?? 0;

  useHotkeys([
    ["/", () => searchRef.current?.focus()],
    ["mod+z", () => void undo()],
    ["mod+shift+z", () => void redo()],
  ]);

  async function restore(task: DeletedTask) {
    try {
      await restoreOne.mutateAsync(task.id);
      showDone(`task-${task.id}`, `Restored “${task.title}”`, () => void deleteTask(task));
    } catch (error) {
      showFailure("The task was not brought back", error as Error);
    }
  }

  async function restoreEverything() {
    try {
      const { change } = await restoreAll.mutateAsync(count);
      showDone("restored", change.words, () => void undo());
    } catch (error) {
      showFailure("Nothing was brought back", error as Error);
    }
  }

  return (
    <div className={panel.panel}>
      <PlaceHeading place={place} now={now} />
      <div className={toolbar.toolbar}>
        <Button
          variant="default"
          size="xs"
          radius="xl"
          disabled={count === 0 || query !== ""}
          loading={restoreAll.isPending}
          onClick={() => void restoreEverything()}
        >
          Restore all
        </Button>
        <SearchField
          label="Search the trash"
          query={filters.query}
          onChange={(query) => setFilters({ query })}
          inputRef={searchRef}
        />
      </div>
      {isCutOff && !trash.data && <NotKeptNote />}
      {trash.isPending && !isCutOff && <ListSkeleton />}
      {trash.error && !isCutOff && tasks.length === 0 && (
        <FailureNote error={trash.error} onRetry={() => void trash.refetch()} />
      )}
      {trash.isSuccess &&
        tasks.length === 0 &&
        (query ? (
          <NoMatchNote query={query} onClear={() => setFilters({ query: "" })} />
        ) : (
          <EmptyPlaceNote name="trash" />
        ))}
      <ul className={classes.list}>
        {tasks.map((task) => (
          <DeletedRow key={task.id} task={task} onRestore={() => void restore(task)} />
        ))}
      </ul>
      {trash.hasNextPage && (
        <Button
          variant="subtle"
          color="gray"
          size="xs"
          loading={trash.isFetchingNextPage}
          onClick={() => void trash.fetchNextPage()}
        >
          Show more
        </Button>
      )}
    </div>
  );
}

function DeletedRow({ task, onRestore }: { task: DeletedTask; onRestore: () => void }) {
  const timeZone = useTimeZone();
  const moment = new Intl.DateTimeFormat(undefined, {
    timeZone,
    dateStyle: "medium",
    timeStyle: "short",
  }).format(new Date(task.deleted_at));
  return (
    <li className={classes.row}>
      <div className={classes.text}>
        <p className={classes.title}>{task.title}</p>
        <p className={classes.when}>Deleted {moment}</p>
      </div>
      <Button
        variant="subtle"
        size="compact-sm"
        aria-label={`Restore “${task.title}”`}
        onClick={onRestore}
      >
        Restore
      </Button>
    </li>
  );
}
