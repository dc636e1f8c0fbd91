"use client";

import { Button } from "@mantine/core";
import { useHotkeys } from "@mantine/hooks";
import { useCallback, useMemo, useRef, useState, type Dispatch, type SetStateAction } from "react";
import { ApiError } from "@/lib/api/client";
import type { Task } from "@/lib/api/types";
import { useOffline } from "@/lib/offline/state";
import { onDemand } from "@/lib/on-demand";
import {
  defaultsOf,
  filtersOf,
  isFiltered,
  pathOf,
  takesTasks,
  type Place,
} from "@/lib/places/places";
import { useFilters, useKeptPlace, useSettledQuery } from "@/lib/places/use-place";
import { useTaskActions } from "@/lib/tasks/actions";
import { dayIn, dueDay } from "@/lib/tasks/due";
import type { TaskFilters } from "@/lib/tasks/filters";
import type { Draft } from "@/lib/tasks/line";
import { dateName, daysAround } from "@/lib/tasks/month";
import { useCounts, useTasks } from "@/lib/tasks/queries";
import type { Grouping } from "@/lib/tasks/sections";
import { NOTHING, toggled } from "@/lib/tasks/selection";
import { useCalendar } from "@/lib/tasks/use-calendar";
import { useNow } from "@/lib/tasks/use-now";
import { useTimeZone } from "@/lib/time-zone";
import { PlaceHeading } from "../places/place-heading";
import {
  EmptyPlaceNote,
  FailureNote,
  FirstTaskNote,
  KeptNote,
  ListSkeleton,
  NoMatchNote,
  NotKeptNote,
  SimilarNote,
  StaleNote,
} from "./list-states";
import { OpenSubtasksModal } from "./open-subtasks-modal";
import { QuickAdd } from "./quick-add";
import type { TaskFormTarget } from "./task-form";
import { TaskFormModal } from "./task-form-modal";
import { TaskList } from "./task-list";
import { SELECTED_ID } from "./task-row";
import { TaskToolbar } from "./task-toolbar";
import { ViewSwitch } from "./view-switch";
import classes from "./task-panel.module.css";

const { Part: Calendar, useIsReady: useCalendarIsReady } = onDemand(() =>
  import("./calendar").then(({ Calendar }) => Calendar),
);
const { Part: ManyTasks, useIsReady: useManyIsReady } = onDemand(() =>
  import("./many-tasks").then(({ ManyTasks }) => ManyTasks),
);
const { Part: OrderedTaskList, useIsReady: useOrderIsReady } = onDemand(() =>
  import("./ordered-task-list").then(({ OrderedTaskList }) => OrderedTaskList),
);

interface TaskPanelProps {
  place: Place;
  draft: Draft;
  setDraft: Dispatch<SetStateAction<Draft>>;
}

/** The list of a place, or its calendar, and everything to work on it by hand. */
export function TaskPanel({ place, draft, setDraft }: TaskPanelProps) {
  const quickAddRef = useRef<HTMLInputElement>(null);
  const searchRef = useRef<HTMLInputElement>(null);
  const listRef = useRef<HTMLDivElement>(null);
  const [formTarget, setFormTarget] = useState<TaskFormTarget | null>(null);
  const [filters, setFilters] = useFilters(place);
  useKeptPlace(place, filters);
  const settledQuery = useSettledQuery(place, filters);
  const now = useNow();
  const zone = useTimeZone();
  const today = dayIn(zone, now);
  const calendar = useCalendar(place, today);
  const isCalendarReady = useCalendarIsReady(calendar !== null);
  const days = calendar && daysAround(calendar.month);
  const list = useTasks(place, { ...filters, query: settledQuery }, today, days);
  const isByHand = filters.sort === "manual";
  const List = useOrderIsReady(isByHand) && isByHand ? OrderedTaskList : TaskList;
  const grouping = groupingOf(place, filters);
  const actions = useTaskActions();
  const defaults = { ...defaultsOf(place, today), ...(calendar && { due_date: calendar.day }) };
  const add = (line: Draft) => actions.addFromLine(line, defaults);

  useHotkeys([
    ["n", () => quickAddRef.current?.focus()],
    ["/", () => searchRef.current?.focus()],
    ["mod+z", () => void actions.undo()],
    ["mod+shift+z", () => void actions.redo()],
  ]);

  const edit = useCallback((task: Task) => setFormTarget({ task }), []);
  const { fetchNextPage } = list;
  // More must wait for a refetch under way: to give that up would leave what it was to show out of sight.
  const more = useCallback(() => void fetchNextPage({ cancelRefetch: false }), [fetchNextPage]);

  const tasks = useMemo(() => list.data?.pages.flatMap(({ items }) => items) ?? [], [list.data]);
  const [selection, setSelection] = useState(NOTHING);
  const select = useCallback((task: Task) => setSelection((now) => toggled(now, task.id)), []);
  const hasList = !calendar && tasks.length > 0;
  const isManyReady = useManyIsReady(hasList);
  const { error } = list;
  const { isCutOff } = useOffline();
  const isHere = list.data !== undefined;
  // What is older than this page was kept on the device.
  const isAwaited = list.isFetching && list.dataUpdatedAt < performance.timeOrigin;
  const isStale = error instanceof ApiError && error.isTransient && tasks.length > 0;
  const isLate =
    place.name === "today" &&
    tasks.some((task) => !task.completed && (dueDay(task, zone) ?? today) < today);

  return (
    <div className={classes.panel} data-wide={calendar ? true : undefined}>
      <div>
        <PlaceHeading place={place} now={now} />
        {takesTasks(place) && (
          <QuickAdd
            inputRef={quickAddRef}
            busy={actions.isAdding}
            now={now}
            day={calendar ? dateName(calendar.day) : undefined}
            draft={draft}
            setDraft={setDraft}
            defaults={defaults}
            onAdd={add}
            onDetails={(title) => setFormTarget({ title, ...defaults })}
          />
        )}
        <TaskToolbar place={place} filters={filters} onChange={setFilters} searchRef={searchRef}>
          <ViewSwitch place={place} filters={filters} shown={calendar ? "calendar" : "list"} />
        </TaskToolbar>
        {isHere && (isCutOff || isAwaited) && (
          <KeptNote at={list.dataUpdatedAt} isCutOff={isCutOff} />
        )}
        {isCutOff && !isHere && <NotKeptNote />}
        {isStale && !isCutOff && !isAwaited && <StaleNote />}
        {(calendar ? !isCalendarReady : list.isPending && !isCutOff) && <ListSkeleton />}
        {error && !isCutOff && tasks.length === 0 && (
          <FailureNote error={error} onRetry={() => void list.refetch()} />
        )}
        {!calendar && (list.isSuccess || (isCutOff && isHere)) && tasks.length === 0 && (
          <EmptyNote
            place={place}
            filters={filters}
            busy={actions.isAdding}
            onClear={() => setFilters({ ...filtersOf(place), sort: filters.sort })}
            onExample={(text) => add({ text, refused: [] })}
          />
        )}
        {list.data?.pages[0]?.similar && <SimilarNote query={settledQuery} />}
        {calendar && (
          <Calendar
            calendar={calendar}
            today={today}
            tasks={tasks}
            now={now}
            hasMore={list.hasNextPage}
            loadsMore={!list.isFetching && !error}
            onMore={more}
            onAdd={takesTasks(place) ? () => setFormTarget({ title: "", ...defaults }) : undefined}
            onToggle={actions.toggle}
            onEdit={edit}
            onChange={actions.change}
            onDelete={actions.deleteTask}
            onSkip={actions.skip}
          />
        )}
        {hasList && (
          <div ref={listRef} className={classes.list}>
            <List
              tasks={tasks}
              now={now}
              grouping={grouping}
              headingAside={(heading) =>
                heading === "Overdue" &&
                isLate && <MoveOverdue today={today} onMove={actions.moveOverdue} />
              }
              selected={selection.ids}
              hasMore={list.hasNextPage}
              loadsMore={!list.isFetching && !error}
              isLoadingMore={list.isFetchingNextPage}
              onMore={more}
              onToggle={actions.toggle}
              onEdit={edit}
              onChange={actions.change}
              onDelete={actions.deleteTask}
              onSkip={actions.skip}
              onSelect={isManyReady ? select : undefined}
            />
            <span id={SELECTED_ID} hidden>
              Selected
            </span>
          </div>
        )}
      </div>
      {hasList && isManyReady && (
        <ManyTasks
          key={JSON.stringify([pathOf(place), filters, settledQuery])}
          list={listRef}
          place={place}
          filters={{ ...filters, query: settledQuery }}
          tasks={tasks}
          grouping={grouping}
          now={now}
          today={today}
          hasMore={list.hasNextPage}
          selection={selection}
          onSelection={setSelection}
          onToggle={actions.toggle}
          onDelete={actions.deleteTask}
          onTakeBack={actions.takeBack}
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

/** Headings tell when open tasks are due, where they are in that order. */
function groupingOf({ name }: Place, { sort, status }: TaskFilters): Grouping {
  if (sort !== "due_date" || status !== "pending") return null;
  return name === "upcoming" ? "day" : "due";
}

interface MoveOverdueProps {
  today: string;
  onMove: (today: string, expected: number) => Promise<void>;
}

/** Has all that is overdue due today, if that is still what the server has counted. */
function MoveOverdue({ today, onMove }: MoveOverdueProps) {
  const { data: counts } = useCounts(today);
  const [isMoving, setMoving] = useState(false);
  return (
    <Button
      variant="subtle"
      size="compact-sm"
      loading={isMoving}
      disabled={!counts}
      onClick={() => {
        setMoving(true);
        void onMove(today, counts!.overdue).finally(() => setMoving(false));
      }}
    >
      Move all to today
    </Button>
  );
}

interface EmptyNoteProps {
  place: Place;
  filters: TaskFilters;
  busy: boolean;
  onClear: () => void;
  onExample: (text: string) => unknown;
}

function EmptyNote({ place, filters, busy, onClear, onExample }: EmptyNoteProps) {
  if (isFiltered(place, filters)) return <NoMatchNote query={filters.query} onClear={onClear} />;
  if (place.name === "all") return <FirstTaskNote busy={busy} onExample={onExample} />;
  return <EmptyPlaceNote name={place.name} />;
}
