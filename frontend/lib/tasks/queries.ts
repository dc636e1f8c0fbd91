"use client";

import {
  keepPreviousData,
  useInfiniteQuery,
  useQuery,
  type InfiniteData,
} from "@tanstack/react-query";
import { callApi } from "../api/client";
import type { Occurrence, Task, TaskPage } from "../api/types";
import { useTimeZone } from "../time-zone";
import { toSearchParams, type TaskFilters } from "./filters";

/** First part of the key of every task list: invalidating it refreshes all of them. */
export const TASKS = ["tasks"] as const;

export type TaskPages = InfiniteData<TaskPage, string | null>;

/** The tasks that the filters let through, page by page. */
export function useTasks(filters: TaskFilters) {
  const zone = useTimeZone();
  return useInfiniteQuery({
    queryKey: [...TASKS, filters, zone],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }) =>
      callApi<TaskPage>(`/api/me/tasks?${toSearchParams(filters, zone, pageParam)}`, {
        signal,
      }),
    getNextPageParam: ({ next_cursor }) => next_cursor,
    placeholderData: keepPreviousData,
    refetchOnWindowFocus: true,
  });
}

/** The first 200 subtasks of a task, in the order in which they were added; changed with the other lists. */
export function useSubtasks(parent: Task) {
  return useInfiniteQuery({
    queryKey: [...TASKS, "of", parent.id],
    initialPageParam: null as string | null,
    queryFn: ({ signal }) =>
      callApi<TaskPage>(`/api/me/tasks?parent_id=${parent.id}&order=asc&limit=200`, { signal }),
    getNextPageParam: () => null,
  });
}

/** When a task that repeats is due after this time. */
export function useNextDates(task: Task) {
  return useQuery({
    queryKey: ["next-dates", task.id, task.updated_at], // no list: those under `TASKS` are
    queryFn: ({ signal }) =>
      callApi<{ items: Occurrence[] }>(`/api/me/tasks/${task.id}/occurrences?limit=3`, { signal }),
    enabled: Boolean(task.recurrence),
  });
}
