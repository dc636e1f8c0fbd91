"use client";

import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { callApi } from "../api/client";
import type { ChangePage, Task, TaskPage } from "../api/types";
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

/** What became of a change: whether it can be undone, or is; undefined for one that is not among the latest. */
export function useChange(id: string | undefined): "done" | "undone" | undefined {
  const { data } = useQuery({
    queryKey: [...TASKS, "changes"],
    queryFn: ({ signal }) => callApi<ChangePage>("/api/me/changes?limit=50", { signal }),
    enabled: id !== undefined,
  });
  const change = data?.items.find((known) => known.id === id);
  return change && (change.undone ? "undone" : "done");
}
