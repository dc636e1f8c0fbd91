"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { Changed, ManyPatch, Task, TaskConditions } from "../api/types";
import { changeOnce } from "../api/write";
import {
  changeLists,
  COMPLETED_LINGER_MS,
  OPTIMISTIC,
  refreshAfterLast,
  shownAtOnce,
} from "./mutations";

/** Changes of many tasks; null deletes them. */
export type ManyChanges = ManyPatch | null;

interface ManyChange {
  which: { ids: number[] } | { filter: TaskConditions };
  /** How many tasks that has to be: with others, nothing is changed. */
  expected: number;
  /** Those of them that are in the lists. */
  shown: ReadonlySet<number>;
  changes: ManyChanges;
}

/** Changes or deletes many tasks as one change; the lists show it before the server has answered. */
export function useChangeMany() {
  const client = useQueryClient();
  return useMutation({
    mutationKey: OPTIMISTIC,
    mutationFn: ({ which, expected, changes }: ManyChange) =>
      changeOnce<Changed>("POST", "/api/me/tasks/bulk", {
        which,
        expected,
        ...(changes ? { changes } : { delete: true }),
      }),
    onMutate: ({ shown, changes }) =>
      changeLists(client, (tasks) => withChanges(tasks, shown, changes)),
    onError: (_error, _change, before) => {
      for (const [key, list] of before ?? []) client.setQueryData(key, list);
    },
    onSettled: (_changed, error, { changes }) => {
      if (error || !changes?.completed) return refreshAfterLast(client);
      setTimeout(() => void refreshAfterLast(client, 0), COMPLETED_LINGER_MS);
    },
  });
}

/** A list once some of its tasks are changed. */
export function withChanges(tasks: Task[], ids: ReadonlySet<number>, changes: ManyChanges): Task[] {
  if (!changes) return tasks.filter(({ id }) => !ids.has(id));
  const { add_tags, remove_tags, ...own } = changes;
  const shown = shownAtOnce(own as Partial<Task>);
  return tasks.map((task) =>
    ids.has(task.id)
      ? { ...task, ...shown, tags: tagsOf(task, add_tags ?? [], remove_tags ?? []) }
      : task,
  );
}

const tagsOf = ({ tags }: Task, added: string[], removed: string[]) => [
  ...new Set([...tags, ...added].filter((tag) => !removed.includes(tag))),
];

/** Whether open subtasks that are not among the tasks stay open once these are completed. */
export function leavesOpen(tasks: Task[]): boolean {
  const also = new Map<number, number>();
  for (const { parent_id, completed } of tasks) {
    if (parent_id && !completed) also.set(parent_id, (also.get(parent_id) ?? 0) + 1);
  }
  return tasks.some(({ id, completed, subtasks }) => {
    if (completed || !subtasks) return false;
    return subtasks.total - subtasks.done > (also.get(id) ?? 0);
  });
}

/** The conditions of a list, as a change of all that it has is told them: from the list's own query. */
export function conditionsOf(params: URLSearchParams): TaskConditions {
  return {
    status: params.get("status"),
    priority: params.getAll("priority"),
    due: params.getAll("due"),
    due_from: params.get("due_from"),
    tag: params.getAll("tag"),
    q: params.get("q") ?? "",
    time_zone: params.get("time_zone"),
  } as TaskConditions;
}
