import { useMounted } from "@mantine/hooks";
import { useMemo, useState } from "react";
import { chatAt } from "@/lib/places/places";

const KEY = "todo-stack.tab";

/** Which part of the app a phone shows: the one from before a reload, else the chat where the address names a conversation. */
export function useTab(): [string, (tab: string | null) => void] {
  // The page is built ahead, without a store or an address.
  const mounted = useMounted();
  const first = useMemo(() => (mounted ? firstTab() : "tasks"), [mounted]);
  const [chosen, setChosen] = useState<string | null>(null);

  function choose(tab: string | null) {
    setChosen(tab);
    try {
      if (tab) sessionStorage.setItem(KEY, tab);
    } catch {
      // The next load begins with the first one then.
    }
  }

  return [chosen ?? first, choose];
}

function firstTab(): string {
  let kept: string | null = null;
  try {
    kept = sessionStorage.getItem(KEY);
  } catch {
    // A browser may refuse its store.
  }
  return kept ?? (chatAt(location.search) ? "chat" : "tasks");
}
