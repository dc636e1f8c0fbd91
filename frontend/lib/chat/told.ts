"use client";

import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { callApi } from "../api/client";
import type { Change, ChangedTask, ChangePage, Task, TaskPage } from "../api/types";
import { LISTS, TASKS } from "../tasks/keys";

/** As many as the server takes in one request. */
const AT_ONCE = 200;

/**
 * The tasks of these ids as they are now, changed with the lists: null for one that is not on the list any more,
 * undefined for one that is not known yet.
 */
export function useToldTasks(ids: number[]): (id: number) => Task | null | undefined {
  const { data, isPlaceholderData } = useInfiniteQuery({
    queryKey: [...LISTS, "told", ids],
    initialPageParam: 0,
    queryFn: ({ pageParam, signal }) => {
      const wanted = ids.slice(pageParam, pageParam + AT_ONCE).map((id) => `id=${id}`);
      return callApi<TaskPage>(`/api/me/tasks?${wanted.join("&")}&limit=${AT_ONCE}`, { signal });
    },
    getNextPageParam: (_page, _pages, first) =>
      first + AT_ONCE < ids.length ? first + AT_ONCE : null,
    enabled: ids.length > 0,
    placeholderData: keepPreviousData,
  });
  const found = new Map(data?.pages.flatMap(({ items }) => items).map((task) => [task.id, task]));
  return (id) => found.get(id) ?? (data && !isPlaceholderData ? null : undefined);
}

/** Whether a change can be undone, is undone, or cannot be any more, as others have changed the same since. */
export type ChangeState = "done" | "undone" | "changed";

/** What became of a change; undefined for one that is not among the latest. */
export function useChange(id: string | undefined): ChangeState | undefined {
  const { data } = useQuery({
    queryKey: [...TASKS, "changes"],
    queryFn: ({ signal }) => callApi<ChangePage>("/api/me/changes?limit=50", { signal }),
    enabled: id !== undefined,
  });
  return stateOf(data?.items ?? [], id);
}

/** The same by these changes, the newest first: its tasks must have the values still that it gave them. */
export function stateOf(changes: Change[], id: string | undefined): ChangeState | undefined {
  const place = changes.findIndex((known) => known.id === id);
  const change = changes[place];
  if (!change) return undefined;
  if (change.undone) return "undone";
  const later = changes.slice(0, place).flatMap(({ tasks }) => tasks);
  const isAsLeft = ({ task_id, after }: ChangedTask) =>
    Object.entries(after).every(([field, left]) => {
      const last = later.find((one) => one.task_id === task_id && field in one.after);
      return !last || isSame(field, left, last.after[field]);
    });
  return change.tasks.every(isAsLeft) ? "done" : "changed";
}

/** Since when a task is in the trash does not matter. */
const isSame = (field: string, one: unknown, other: unknown) =>
  field === "deleted_at"
    ? (one === null) === (other === null)
    : JSON.stringify(one) === JSON.stringify(other);
