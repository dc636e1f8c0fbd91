"use client";

import { useQueryClient, type QueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import type { ServerEvent } from "../api/event-stream";
import { followTogether } from "../api/follow-together";
import { leaveWhenSignedOut } from "../api/query-client";
import type { ChangesEvent } from "../api/types";
import { isOwnWrite } from "../api/write";
import { authClient } from "../auth/client";
import { TASKS } from "./keys";
import { refreshAfterLast } from "./mutations";

/** Shows what is changed elsewhere as it happens: by the assistant, in other tabs, on other devices, by programs. */
export function useLiveTasks(): void {
  const client = useQueryClient();
  const userId = authClient.useSession().data?.user.id;
  useEffect(() => {
    if (!userId) return;
    const refresh = refresher(client);
    return followTogether(
      "/api/me/events",
      `todo-stack.changes.${userId}`,
      (event) => isNews(event) && refresh(),
      leaveWhenSignedOut,
      refresh,
    );
  }, [client, userId]);
}

/** Whether the lists may not show yet what an event is about. They are fetched again after each write of this page. */
function isNews({ type, data }: ServerEvent): boolean {
  if (type === "open" || type === "reload") return true;
  if (type !== "changes" || data === null) return false;
  const { changes } = JSON.parse(data) as ChangesEvent;
  return changes.filter(({ id }) => !isOwnWrite(id)).length > 0;
}

/** Fetches the lists again, one time after the other: what comes meanwhile asks for one more. */
function refresher(client: QueryClient): () => void {
  let isWanted = false;
  let isBusy = false;
  async function refreshUntilDone(): Promise<void> {
    isBusy = true;
    try {
      while (isWanted) {
        isWanted = false;
        await refreshAfterLast(client, 0);
      }
    } finally {
      isBusy = false;
    }
  }
  return () => {
    // A page that nobody looks at fetches when somebody does.
    if (document.visibilityState === "hidden")
      return void client.invalidateQueries({ queryKey: TASKS, refetchType: "none" });
    isWanted = true;
    if (!isBusy) void refreshUntilDone();
  };
}
