"use client";

import {
  useEffect,
  useEffectEvent,
  useRef,
  useState,
  type FocusEvent,
  type KeyboardEvent,
} from "react";
import { flushSync } from "react-dom";
import type { Task } from "@/lib/api/types";

/**
 * The focus among the rows of a list, of which only a part is in the document: `held` is the task whose row has to be. Arrow
 * keys, Home and End go from title to title. When the row that has the focus is drawn elsewhere in the list, it keeps it; when
 * it leaves, the one in its place takes it. `order`: the tasks as they are shown; `listProps` are for the list's element.
 */
export function useListFocus(order: Task[]) {
  const list = useRef<HTMLDivElement>(null);
  const [held, setHeld] = useState<number | null>(null);
  const hasFocus = useRef(false);
  const place = useRef(-1);
  /** After the End key: to the end of what comes meanwhile, too. */
  const goesToEnd = useRef(false);

  const titleOf = (task: Task | undefined) =>
    list.current?.querySelector<HTMLElement>(`[data-task-title="${task?.id}"]`);

  function focusOn(task: Task | undefined) {
    if (!task) return;
    flushSync(() => setHeld(task.id));
    titleOf(task)?.focus();
  }

  useEffect(() => {
    if (!hasFocus.current) return;
    const now = order.findIndex(({ id }) => id === held);
    if (now >= 0) place.current = now;
    if (document.activeElement === document.body)
      titleOf(order[Math.min(place.current, order.length - 1)])?.focus();
  }, [order, held]);

  const focusOnLast = useEffectEvent(() => focusOn(order.at(-1)));
  useEffect(() => {
    if (!goesToEnd.current) return;
    const frame = requestAnimationFrame(() => focusOnLast());
    return () => cancelAnimationFrame(frame);
  }, [order]);

  const stay = () => void (goesToEnd.current = false);
  return {
    list,
    held,
    listProps: {
      ref: list,
      onWheel: stay,
      onPointerDown: stay,
      onKeyDown: (event: KeyboardEvent<HTMLElement>) => {
        stay();
        if (event.altKey) return; // moves the task
        const id = Number((event.target as HTMLElement).dataset.taskTitle);
        const current = order.findIndex((task) => task.id === id);
        if (current < 0) return;
        const next = {
          ArrowDown: current + 1,
          ArrowUp: current - 1,
          Home: 0,
          End: order.length - 1,
        }[event.key];
        if (next === undefined) return;
        event.preventDefault();
        focusOn(order[next]);
        goesToEnd.current = event.key === "End";
      },
      onFocus: ({ target, currentTarget }: FocusEvent<HTMLElement>) => {
        if (!currentTarget.contains(target)) return; // a row's menu, which is elsewhere in the page
        const row = target.closest<HTMLElement>("[data-task]");
        hasFocus.current = row !== null;
        if (row) setHeld(Number(row.dataset.task));
      },
      // Not called for a row that goes with the focus on it, or in what it has opened.
      onBlur: ({ relatedTarget }: FocusEvent<HTMLElement>) => {
        if (!relatedTarget?.closest("[role=menu], [role=dialog]")) hasFocus.current = false;
      },
    },
  };
}
