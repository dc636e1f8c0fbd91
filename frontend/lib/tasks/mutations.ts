"use client";

import {
  useMutation,
  useQueryClient,
  type QueryClient,
  type QueryKey,
} from "@tanstack/react-query";
import type {
  Changed,
  Imported,
  ImportRequest,
  NewTask,
  OpenSubtasksAre,
  Task,
  TaskInput,
} from "../api/types";
import { changeOnce, createOnce } from "../api/write";
import { offlineState } from "../offline/state";
import { timeZone } from "../time-zone";
import { LISTS, TASKS } from "./keys";
import type { Line } from "./line";
import type { TaskPages } from "./queries";

type Lists = [QueryKey, TaskPages | undefined][];

/** A completed task stays in sight, struck through, for this long before it leaves an open list. */
export const COMPLETED_LINGER_MS = 900;

/** Fetches again what a change may have changed, and waits for the lists alone: nobody waits for counts to go on. */
async function refresh(client: QueryClient): Promise<void> {
  const isList = ({ queryKey }: { queryKey: QueryKey }) => queryKey[1] === LISTS[1];
  await client.cancelQueries({ queryKey: TASKS });
  void client.invalidateQueries({ queryKey: TASKS, predicate: (query) => !isList(query) });
  await client.invalidateQueries({ queryKey: LISTS });
}

/** Marks changes that the lists show before the server has answered. */
export const OPTIMISTIC = ["tasks", "optimistic"];

/**
 * Refreshes unless another such change is under way, which the answer would undo in the lists; that one refreshes.
 * `own`: how many of those under way are the caller's.
 */
export const refreshAfterLast = (client: QueryClient, own = 1) =>
  client.isMutating({ mutationKey: OPTIMISTIC }) > own ? undefined : refresh(client);

/** Changes every loaded list at once and returns what they were, for rollback on failure. */
export async function changeLists(
  client: QueryClient,
  change: (tasks: Task[]) => Task[],
): Promise<Lists> {
  // An answer on its way would overwrite the change with what was before it.
  await client.cancelQueries({ queryKey: TASKS });
  const before = client.getQueriesData<TaskPages>({ queryKey: LISTS });
  for (const [key] of before) showTasks(client, key, change);
  return before;
}

/** Shows other tasks in the pages of a list; it is no newer for that than what the server said. */
function showTasks(
  client: QueryClient,
  key: QueryKey,
  change: (tasks: Task[], page: number) => Task[],
): void {
  const updatedAt = client.getQueryState(key)?.dataUpdatedAt;
  const withChange = ({ pages, ...rest }: TaskPages) => ({
    ...rest,
    pages: pages.map((page, index) => ({ ...page, items: change(page.items, index) })),
  });
  client.setQueryData<TaskPages>(key, (list) => list && withChange(list), { updatedAt });
}

/** Shows one task as and where it was; what other changes have done to the lists meanwhile stays. */
function rollback(client: QueryClient, before: Lists | undefined, id: number): void {
  for (const [key, lists] of before ?? [])
    showTasks(client, key, (tasks, page) => withTask(tasks, lists?.pages[page]?.items ?? [], id));
}

function withTask(tasks: Task[], before: Task[], id: number): Task[] {
  const place = before.findIndex((task) => task.id === id);
  if (place < 0) return tasks;
  const others = tasks.filter((task) => task.id !== id);
  return [...others.slice(0, place), ...before.slice(place, place + 1), ...others.slice(place)];
}

/** What waits to be sent is shown over the lists, which stay as the server has them. */
function rollbackWaiting(client: QueryClient, before: Lists | undefined, id: number): void {
  if (offlineState().waiting.some(({ taskId }) => taskId === id)) rollback(client, before, id);
}

const replace = (id: number, changes: Partial<Task>) => (tasks: Task[]) =>
  tasks.map((task) => (task.id === id ? { ...task, ...changes } : task));

/** How a task repeats is put into words by the server, and at which moment it is due is its sum. */
export function shownAtOnce(changes: Partial<TaskInput>): Partial<Task> {
  const shown = { ...changes, ...("due_date" in changes && { due_at: null }) };
  delete shown.recurrence;
  delete shown.scope;
  return shown as Partial<Task>;
}

/** Adds the task that a line describes. */
export function useQuickAdd() {
  const client = useQueryClient();
  return useMutation({
    // "tomorrow" is counted from when it was typed, whenever it arrives.
    mutationFn: (line: Line) =>
      createOnce<Task>("/api/me/tasks/quick-add", line, { read_at: new Date().toISOString() }),
    onSuccess: () => refresh(client),
  });
}

/** Adds a task field by field. */
export function useCreateTask() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (task: NewTask) => createOnce<Task>("/api/me/tasks", task),
    onSuccess: () => refresh(client),
  });
}

/** Changes a task; the lists show it before the server has answered. */
export function useUpdateTask() {
  const client = useQueryClient();
  return useMutation({
    mutationKey: OPTIMISTIC,
    mutationFn: ({ id, changes }: { id: number; changes: Partial<TaskInput> }) =>
      changeOnce<Task>("PATCH", `/api/me/tasks/${id}`, changes),
    onMutate: ({ id, changes }) => changeLists(client, replace(id, shownAtOnce(changes))),
    onSuccess: (_task, { id }, before) => rollbackWaiting(client, before, id),
    onError: (_error, { id }, before) => rollback(client, before, id),
    onSettled: () => refreshAfterLast(client),
  });
}

/** Has all that is overdue due on a day, as one change, if that is as many tasks as expected. */
export function useMoveOverdue() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ day, expected }: { day: string; expected: number }) =>
      changeOnce<Changed>("POST", "/api/me/tasks/bulk", {
        which: { filter: { status: "pending", due: ["overdue"], time_zone: timeZone() } },
        expected,
        changes: { due_date: day },
      }),
    onSettled: () => refresh(client),
  });
}

/** Moves a task that repeats on to its next date. */
export function useSkipTask() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: number) => changeOnce<Task>("POST", `/api/me/tasks/${id}/skip`),
    onSettled: () => refresh(client),
  });
}

interface Completion {
  id: number;
  completed: boolean;
  /** What becomes of open subtasks; without it, the server refuses to complete a task that has some. */
  open_subtasks?: OpenSubtasksAre;
}

/** Completes a task or opens it again. */
export function useCompleteTask() {
  const client = useQueryClient();
  return useMutation({
    mutationKey: OPTIMISTIC,
    mutationFn: ({ id, ...completion }: Completion) =>
      changeOnce<Task>("PATCH", `/api/me/tasks/${id}/complete`, completion),
    onMutate: ({ id, completed }) => changeLists(client, replace(id, { completed })),
    onSuccess: (_task, { id }, before) => rollbackWaiting(client, before, id),
    onError: (_error, { id }, before) => rollback(client, before, id),
    onSettled: (_task, _error, { completed }) => {
      if (completed) setTimeout(() => void refreshAfterLast(client, 0), COMPLETED_LINGER_MS);
      else void refreshAfterLast(client);
    },
  });
}

/** Deletes a task; useRestoreTask brings it back. */
export function useDeleteTask() {
  const client = useQueryClient();
  return useMutation({
    mutationKey: OPTIMISTIC,
    mutationFn: (id: number) => changeOnce<void>("DELETE", `/api/me/tasks/${id}`),
    onMutate: (id) => changeLists(client, (tasks) => tasks.filter((task) => task.id !== id)),
    onSuccess: (_nothing, id, before) => rollbackWaiting(client, before, id),
    onError: (_error, id, before) => rollback(client, before, id),
    onSettled: () => refreshAfterLast(client),
  });
}

/** Undoes the last change, whoever made it, or does again what was undone. */
export function useReverse() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (direction: "undo" | "redo") => changeOnce<Changed>("POST", `/api/me/${direction}`),
    onSettled: () => refresh(client),
  });
}

/** Takes one change back as a whole, by its id. */
export function useUndoChange() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => changeOnce<Changed>("POST", "/api/me/undo", { change_id: id }),
    onSettled: () => refresh(client),
  });
}

/** Makes the tasks of an export anew, beside those that are there, as one change. */
export function useImportTasks() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (request: ImportRequest) => createOnce<Imported>("/api/me/import", request),
    onSuccess: () => refresh(client),
  });
}

/** Brings everything back that was deleted, as one change, if that is as many tasks as expected. */
export function useRestoreAll() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (expected: number) =>
      changeOnce<Changed>("POST", "/api/me/trash/restore", { which: { all: true }, expected }),
    onSettled: () => refresh(client),
  });
}

/** Brings a deleted task back. */
export function useRestoreTask() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: number) => changeOnce<Task>("POST", `/api/me/tasks/${id}/restore`),
    onSettled: () => refresh(client),
  });
}
