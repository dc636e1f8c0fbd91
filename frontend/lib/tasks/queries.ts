"use client";

import {
  keepPreviousData,
  useInfiniteQuery,
  useQuery,
  type InfiniteData,
  type QueryKey,
} from "@tanstack/react-query";
import { callApi } from "../api/client";
import type {
  LineDefaults,
  LinePart,
  Occurrence,
  QuickAddPreview,
  Task,
  TaskCounts,
  TaskPage,
  TrashPage,
} from "../api/types";
import { useOffline } from "../offline/state";
import { pathOf, toSearchParams, type Place } from "../places/places";
import { useTimeZone } from "../time-zone";
import type { TaskFilters } from "./filters";
import { LISTS, TASKS } from "./keys";
import { inUnits, lineOf, type Draft } from "./line";
import type { Days } from "./month";
import { readLine } from "./read-line";

export type TaskPages = InfiniteData<TaskPage, string | null>;

/** How a list is shown while changes of its tasks wait to be sent. */
function useSelect(queryKey: QueryKey) {
  const { withWaiting } = useOffline();
  return withWaiting ? (list: TaskPages) => withWaiting(list, queryKey) : undefined;
}

/** The tasks of a place that the filters let through on a day, page by page. `due`: only what is due on these days. */
export function useTasks(
  place: Place,
  filters: TaskFilters,
  today: string,
  due: Days | null = null,
) {
  const zone = useTimeZone();
  const path = pathOf(place);
  const queryKey = [...LISTS, path, filters, zone, today, due];
  return useInfiniteQuery({
    queryKey,
    select: useSelect(queryKey),
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }) =>
      callApi<TaskPage>(
        `/api/me/tasks?${toSearchParams(place, filters, zone, today, pageParam, due)}`,
        { signal },
      ),
    getNextPageParam: ({ next_cursor }) => next_cursor,
    // Until other filters have their answer; never the tasks of another place.
    placeholderData: (before, query) =>
      query?.queryKey[LISTS.length] === path ? before : undefined,
    refetchOnWindowFocus: true,
  });
}

/** How many tasks each place has on a day, as the server counts them. */
export function useCounts(today: string) {
  const zone = useTimeZone();
  return useQuery({
    queryKey: [...TASKS, "counts", zone, today],
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) =>
      callApi<TaskCounts>(`/api/me/tasks/counts?${new URLSearchParams({ time_zone: zone })}`, {
        signal,
      }),
    refetchOnWindowFocus: true,
  });
}

/** What was deleted and can be had back, the last deleted first, page by page. */
export function useTrash(query: string) {
  return useInfiniteQuery({
    queryKey: [...TASKS, "trash", query],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }) => {
      const params = new URLSearchParams({ q: query, limit: "50" });
      if (pageParam) params.set("cursor", pageParam);
      return callApi<TrashPage>(`/api/me/trash?${params}`, { signal });
    },
    getNextPageParam: ({ next_cursor }) => next_cursor,
    placeholderData: keepPreviousData,
    refetchOnWindowFocus: true,
  });
}

/** A few tasks, open or done, that have these words; while those are looked for, the ones of the words before. */
export function useFoundTasks(words: string) {
  return useQuery({
    queryKey: [...TASKS, "found", words],
    placeholderData: keepPreviousData,
    enabled: words !== "",
    queryFn: ({ signal }) => {
      const params = new URLSearchParams({ q: words, sort: "due_date", limit: "20" });
      return callApi<TaskPage>(`/api/me/tasks?${params}`, { signal });
    },
  });
}

/** The first 200 subtasks of a task, in the order in which they were added; changed with the other lists. */
export function useSubtasks(parent: Task) {
  const queryKey = [...LISTS, "of", parent.id];
  return useInfiniteQuery({
    queryKey,
    select: useSelect(queryKey),
    enabled: parent.id > 0, // one that is not made yet has none
    initialPageParam: null as string | null,
    queryFn: ({ signal }) =>
      callApi<TaskPage>(`/api/me/tasks?parent_id=${parent.id}&order=asc&limit=200`, { signal }),
    getNextPageParam: () => null,
  });
}

/** When a task that repeats is due after this time. */
export function useNextDates(task: Task) {
  return useQuery({
    queryKey: ["next-dates", task.id, task.updated_at], // nothing that a change makes stale: those under `TASKS` are
    queryFn: ({ signal }) =>
      callApi<{ items: Occurrence[] }>(`/api/me/tasks/${task.id}/occurrences?limit=3`, { signal }),
    enabled: Boolean(task.recurrence),
  });
}

/** What a line would make, with the line that was read and its parts as a text field counts them. */
export type LinePreview = QuickAddPreview & { text: string };

/** How the service reads a line; while it reads the next, what it made of the last. */
export function useLinePreview(draft: Draft, defaults: Partial<LineDefaults>) {
  const zone = useTimeZone();
  const line = lineOf(draft, defaults, zone);
  return useQuery({
    queryKey: ["line", line],
    placeholderData: keepPreviousData,
    gcTime: 60_000,
    enabled: draft.text.trim() !== "",
    queryFn: async ({ signal }): Promise<LinePreview> => {
      const read = await readLine(line, signal);
      const parts = read.parts.map((part) => inUnits<LinePart>(draft.text, part));
      return { ...read, parts, text: draft.text };
    },
  });
}
