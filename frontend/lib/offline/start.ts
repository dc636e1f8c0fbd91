"use client";

import type { QueryClient } from "@tanstack/react-query";
import { setOutbox } from "../api/write";
import { keptPerson } from "../auth/kept-person";
import { TASKS } from "../tasks/keys";
import { refreshAfterLast } from "../tasks/mutations";
import { KeptLists } from "./kept-lists";
import { Outbox } from "./outbox";
import { showWaiting } from "./shown";
import { offlineState, onOffline, setOffline } from "./state";

/** How often it is tried to send what waits; a list that comes again has it tried at once. */
const AGAIN_MS = 10_000;

let present: Outbox | null = null;

/** What sends the changes that wait, once it is there. */
export const outbox = (): Outbox | null => present;

/** Asks for the lists when the browser loses or finds its network, which is no proof: it is a reason to ask. */
export function askWhenNetworkChanges(client: QueryClient): () => void {
  const ask = () => void client.refetchQueries({ queryKey: TASKS, type: "active" });
  const askUnlessKnown = () => navigator.onLine || offlineState().isCutOff || ask();
  for (const event of ["offline", "online"]) window.addEventListener(event, ask);
  askUnlessKnown(); // it was lost while this part came
  const timer = setInterval(askUnlessKnown, AGAIN_MS);
  return () => {
    for (const event of ["offline", "online"]) window.removeEventListener(event, ask);
    clearInterval(timer);
  };
}

/** Keeps a person's lists and changes on this device; returns what ends it. */
export async function startOffline(client: QueryClient, userId: string): Promise<() => void> {
  const isTheirs = () => keptPerson(window)?.user.id === userId;
  const lists = await KeptLists.open(client, userId, process.env.READ_BY!, isTheirs);
  const changes = await Outbox.open(userId, {
    task: (id) => lists.task(id),
    changed: (waiting, unshown) =>
      setOffline({ waiting, withWaiting: unshown.length > 0 ? showWaiting(unshown) : null }),
    refresh: async () => {
      await refreshAfterLast(client, 0);
      return !offlineState().isCutOff;
    },
  });
  present = changes;
  setOutbox(changes);
  let wasCutOff = offlineState().isCutOff;
  const send = () => void changes.send().catch(() => undefined); // a browser may lose its store
  const stopListening = onOffline(() => {
    const { isCutOff } = offlineState();
    if (wasCutOff && !isCutOff) send();
    wasCutOff = isCutOff;
  });
  const timer = setInterval(send, AGAIN_MS);
  send();
  return () => {
    clearInterval(timer);
    stopListening();
    changes.close();
    lists.stop();
    if (present !== changes) return;
    present = null;
    setOutbox(null);
    setOffline({ waiting: [], withWaiting: null });
  };
}
