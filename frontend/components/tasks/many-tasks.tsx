"use client";

import { VisuallyHidden } from "@mantine/core";
import {
  useEffect,
  useEffectEvent,
  useMemo,
  useRef,
  useState,
  type Dispatch,
  type RefObject,
  type SetStateAction,
} from "react";
import { ApiError } from "@/lib/api/client";
import type { OpenSubtasksAre, Task, TaskCounts } from "@/lib/api/types";
import { showDone, showFailure } from "@/lib/notices";
import { isFiltered, toSearchParams, type Place } from "@/lib/places/places";
import { conditionsOf, leavesOpen, useChangeMany, type ManyChanges } from "@/lib/tasks/change-many";
import type { TaskFilters } from "@/lib/tasks/filters";
import { useCounts } from "@/lib/tasks/queries";
import { sections, type Grouping } from "@/lib/tasks/sections";
import { extended, whole, within } from "@/lib/tasks/select-range";
import { NOTHING, toggled, type Selection } from "@/lib/tasks/selection";
import { useTimeZone } from "@/lib/time-zone";
import { Dialog } from "../dialog";
import { areAllDone, BulkBar, type BulkMenu } from "./bulk-bar";
import { OpenSubtasksWays } from "./open-subtasks-question";
import { PRIORITY_KEYS } from "./priority";
import { FIELD, selectRows } from "./select-rows";
import { swipeRows, type Side } from "./swipe-rows";

export interface ManyTasksProps {
  /** The element that the list is in. */
  list: RefObject<HTMLElement | null>;
  place: Place;
  filters: TaskFilters;
  tasks: Task[];
  grouping: Grouping;
  now: Date;
  today: string;
  hasMore: boolean;
  /** What is selected, and perhaps no longer in the list. */
  selection: Selection;
  onSelection: Dispatch<SetStateAction<Selection>>;
  onToggle: (task: Task) => void;
  onDelete: (task: Task) => unknown;
  /** Takes a change back, by its id. */
  onTakeBack: (change: string) => unknown;
}

/** What is done to rows beyond one: selecting by keys, clicks and fingers, the bar for what is selected; and swiping. */
export function ManyTasks({
  list,
  place,
  filters,
  tasks,
  grouping,
  now,
  today,
  hasMore,
  selection: given,
  onSelection,
  onToggle,
  onDelete,
  onTakeBack,
}: ManyTasksProps) {
  const selection = useMemo(() => within(given, tasks), [given, tasks]);
  useEffect(() => onSelection((now) => within(now, tasks)), [tasks, onSelection]);
  useEffect(() => () => onSelection(NOTHING), [onSelection]);
  const zone = useTimeZone();
  const { data: counts } = useCounts(today);
  const { mutateAsync: changeMany } = useChangeMany();
  const [menu, setMenu] = useState<BulkMenu>(null);
  const [asks, setAsks] = useState(false);
  const lastTitle = useRef<string>(undefined);

  // The server counts what a place has; what is filtered in it is known as far as it is loaded.
  const total = hasMore && !isFiltered(place, filters) ? countOf(place, counts) : undefined;
  const { ids } = selection;
  const isAll = selection.isAll && total !== undefined;
  const count = isAll ? total : ids.size;
  const selected = ids.size > 0 ? tasks.filter(({ id }) => ids.has(id)) : [];
  const order = () =>
    sections(tasks, grouping, zone, now)
      .flatMap(({ items }) => items)
      .map(({ id }) => id);
  const selectAll = () => onSelection(whole(order(), hasMore));
  const clear = () => onSelection(NOTHING);

  async function change(changes: ManyChanges): Promise<boolean> {
    const params = toSearchParams(place, filters, zone, today, null);
    const which = isAll ? { filter: conditionsOf(params) } : { ids: [...ids] };
    try {
      const done = await changeMany({ which, expected: count, shown: ids, changes });
      showDone("many", done.change.words, () => void onTakeBack(done.change.id));
      return true;
    } catch (error) {
      if (error instanceof ApiError && error.code === "open_subtasks") setAsks(true);
      else showFailure("The tasks were not changed", error as Error);
      return false;
    }
  }

  async function complete(open_subtasks?: OpenSubtasksAre) {
    const completed = !areAllDone(selected);
    if (completed && !open_subtasks && leavesOpen(selected)) return setAsks(true);
    if (await change({ completed, open_subtasks })) clear();
  }

  const isBegun = useEffectEvent(() => ids.size > 0);
  const shownOrder = useEffectEvent(order);
  const selectShown = useEffectEvent(selectAll);
  const wordOf = useEffectEvent((id: number, side: Side) => {
    if (ids.size > 0) return null;
    if (side === "left") return "Delete";
    return tasks.find((task) => task.id === id)?.completed ? "Reopen" : "Complete";
  });
  const swipe = useEffectEvent((id: number, side: Side) => {
    const task = tasks.find((task) => task.id === id);
    if (task) (side === "left" ? onDelete : onToggle)(task);
  });
  const onKey = useEffectEvent((event: KeyboardEvent) => {
    if (ids.size === 0 || event.defaultPrevented) return;
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    if (!list.current) return;
    const { key } = event;
    const target = event.target as Element;
    // The picker that has just been opened may not have the focus yet.
    const closesMenu = key === "Escape" && menu !== null && list.current.contains(target);
    if (!closesMenu && !isForRows(target, list.current)) return;
    if (closesMenu) setMenu(null);
    else if (key === "Escape") clear();
    else if (key === "x") void complete();
    else if (key === "Delete") void change(null);
    else if (key === "d") setMenu("date");
    else if (Object.hasOwn(PRIORITY_KEYS, key)) void change({ priority: PRIORITY_KEYS[key] });
    else return;
    event.preventDefault();
    event.stopPropagation(); // the row that has the focus does nothing of its own
  });
  useEffect(() => {
    const ended = new AbortController();
    const { signal } = ended;
    selectRows(
      list.current!,
      {
        isBegun: () => isBegun(),
        order: () => shownOrder(),
        toggle: (id) => onSelection((now) => toggled(now, id)),
        extend: (from, to) => {
          const order = shownOrder();
          onSelection((now) => extended(now, order, from ?? now.head ?? to, to));
        },
        all: () => selectShown(),
      },
      signal,
    );
    swipeRows(
      list.current!,
      { wordOf: (id, side) => wordOf(id, side), onSwipe: (id, side) => swipe(id, side) },
      signal,
    );
    window.addEventListener("keydown", (event) => onKey(event), { signal, capture: true });
    list.current!.addEventListener(
      "focusin",
      ({ target }) => (lastTitle.current = (target as HTMLElement).dataset.taskTitle),
      { signal },
    );
    return () => ended.abort();
  }, [list, onSelection]);

  return (
    <>
      <VisuallyHidden aria-live="polite">
        {count > 0 && `${count.toLocaleString()} selected`}
      </VisuallyHidden>
      {count > 0 && (
        <BulkBar
          tasks={selected}
          count={count}
          knownTags={(counts?.tags ?? []).map(({ tag }) => tag)}
          menu={menu}
          onMenu={setMenu}
          onSelectAll={count < Math.max(tasks.length, total ?? 0) ? selectAll : undefined}
          onComplete={() => void complete()}
          onChange={(changes) => void change(changes)}
          onDelete={() => void change(null)}
          onClear={clear}
          title={() => list.current && titleIn(list.current, lastTitle.current)}
        />
      )}
      <Dialog opened={asks} onClose={() => setAsks(false)} title="Some subtasks are open">
        <OpenSubtasksWays
          whose="Some of the selected tasks have"
          alone="Complete the selected tasks alone"
          onAnswer={(subtasks) => {
            setAsks(false);
            void complete(subtasks);
          }}
          onClose={() => setAsks(false)}
        />
      </Dialog>
    </>
  );
}

/** How many tasks a place has, as the server counts them. */
function countOf(place: Place, counts: TaskCounts | undefined): number | undefined {
  switch (place.name) {
    case "all":
      return counts?.open;
    case "tag":
      return counts?.tags.find(({ tag }) => tag === place.tag)?.open;
    default:
      return counts?.[place.name];
  }
}

/** Whether a key is for the rows: not one of a field, or for what is open before them. */
function isForRows(target: Element, list: HTMLElement): boolean {
  if (document.querySelector("dialog[open], [role=dialog], [role=menu]")) return false;
  if (target.closest(`${FIELD}, textarea`)) return false;
  return (
    target === document.body || list.contains(target) || target.closest("[data-bulk-bar]") !== null
  );
}

/** The title of a task where that is in sight, or the first that is. */
function titleIn(list: HTMLElement, id: string | undefined): HTMLElement | null {
  const { top, bottom } = list.closest("main")!.getBoundingClientRect();
  const inSight = [...list.querySelectorAll<HTMLElement>("[data-task-title]")].filter((title) => {
    const at = title.getBoundingClientRect();
    return at.top >= top && at.bottom <= bottom;
  });
  return inSight.find(({ dataset }) => dataset.taskTitle === id) ?? inSight[0] ?? null;
}
