"use client";

import type { QueryKey } from "@tanstack/react-query";
import { useSyncExternalStore } from "react";
import type { TaskPages } from "../tasks/queries";
import type { Waiting } from "./waiting";

/** What this tab knows of being cut off from the site. */
interface OfflineState {
  /** Whether the site gives no answer at all. */
  isCutOff: boolean;
  /** Whether the site has been waited for in vain since it last answered; null where that is not known yet. */
  isSilent: boolean | null;
  /** Whether what is kept on this device has been looked for. */
  isReady: boolean;
  /** The changes that are kept until the site answers, in the order in which they were made. */
  waiting: readonly Waiting[];
  /** Shows a list with what waits done; null where nothing does. */
  withWaiting: ((list: TaskPages, key: QueryKey) => TaskPages) | null;
}

let state: OfflineState = {
  isCutOff: false,
  isSilent: null,
  isReady: false,
  waiting: [],
  withWaiting: null,
};
const listeners = new Set<() => void>();

export const offlineState = (): OfflineState => state;

export function setOffline(changes: Partial<OfflineState>): void {
  const names = Object.keys(changes) as (keyof OfflineState)[];
  if (names.every((name) => state[name] === changes[name])) return;
  state = { ...state, ...changes };
  for (const listener of listeners) listener();
}

/** Calls a listener with each change, until what it returns is called. */
export function onOffline(listener: () => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

export const useOffline = () => useSyncExternalStore(onOffline, offlineState, offlineState);
