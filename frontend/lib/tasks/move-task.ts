"use client";

import { useMutation, useQueryClient, type Query, type QueryClient } from "@tanstack/react-query";
import type { Task } from "../api/types";
import { changeOnce } from "../api/write";
import type { TaskFilters } from "./filters";
import { LISTS, TASKS } from "./keys";
import { OPTIMISTIC, refreshAfterLast } from "./mutations";
import { withMoved, type Beside } from "./order";
import type { TaskPages } from "./queries";

interface TaskMove {
  id: number;
  to: Beside;
  /** Where it was, for rollback on failure. */
  from: Beside;
}

/** Moves a task in the order that is made by hand; the lists show it before the server has answered. */
export function useMoveTask() {
  const client = useQueryClient();
  return useMutation({
    mutationKey: OPTIMISTIC,
    scope: { id: "order" }, // one after the other: the task beside may be one that was moved just now
    mutationFn: ({ id, to }: TaskMove) => changeOnce<Task>("POST", `/api/me/tasks/${id}/move`, to),
    onMutate: async ({ id, to }) => {
      await client.cancelQueries({ queryKey: TASKS });
      show(client, id, to);
    },
    onError: (_error, { id, from }) => show(client, id, from),
    onSettled: () => refreshAfterLast(client),
  });
}

function show(client: QueryClient, id: number, beside: Beside): void {
  client.setQueriesData<TaskPages>({ queryKey: LISTS, predicate: isByHand }, (list) => {
    if (!list) return list;
    const moved = withMoved(
      list.pages.map(({ items }) => items),
      id,
      beside,
    );
    return {
      ...list,
      pages: list.pages.map((page, index) => ({ ...page, items: moved[index]! })),
    };
  });
}

/** Whether a list of a place has the order that is made by hand. */
const isByHand = ({ queryKey }: Query) =>
  (queryKey[LISTS.length + 1] as TaskFilters | undefined)?.sort === "manual";
