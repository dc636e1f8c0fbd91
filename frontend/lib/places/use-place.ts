"use client";

import { useDebouncedValue } from "@mantine/hooks";
import { useCallback, useEffect, useMemo, useState, useSyncExternalStore } from "react";
import { authClient } from "../auth/client";
import type { TaskFilters } from "../tasks/filters";
import { AddressStore } from "./address-store";
import { keepLastPlace, readLastPlace } from "./last-place";
import {
  addressOf,
  chatAt,
  filtersAt,
  HOME,
  isInApp,
  placeAt,
  placeLabel,
  withChat,
  type Place,
} from "./places";
import { viewAt, type View } from "./view";

let made: AddressStore | undefined;
const store = () => (made ??= new AddressStore(window, isInApp, HOME));

const subscribe = (listener: () => void) => store().subscribe(listener);
const getAddress = () => store().get();
const split = (address: string) => address.split("?") as [string, string?];
const getPathname = () => split(getAddress())[0];
const getSearch = () => split(getAddress())[1] ?? "";

const getChat = () => chatAt(getSearch());

/** Goes to a place by its address, with a way back; the chat stays as it is. */
export const openPlace = (address: string) => store().push(withChat(address, getChat()));

/** What the address names of the chat. */
export const useNamedChat = () => useSyncExternalStore(subscribe, getChat, () => null);

/** Goes to a conversation, with a way back; the place stays as it is. */
export const openChat = (chat: string) => store().push(withChat(getAddress(), chat));

/** Has the address name the conversation that is shown. */
export const nameChat = (chat: string) => store().replace(withChat(getAddress(), chat));

/** The place that the address names, or null where it names none; undefined until it is known where to begin. */
export function usePlace(): Place | null | undefined {
  const pathname = useSyncExternalStore(subscribe, getPathname, () => HOME);
  const isBeginning = useBeginning(pathname);
  const place = useMemo(() => placeAt(pathname), [pathname]);
  return isBeginning ? undefined : place;
}

/** Has the address tell how a place is shown, with the same conversation beside it. */
const stayIn = (place: Place, filters: TaskFilters, view: View) =>
  store().replace(withChat(addressOf(place, filters, view), getChat()));

/** The filters that the address of a place has, and a way to change them. */
export function useFilters(place: Place): [TaskFilters, (changes: Partial<TaskFilters>) => void] {
  const search = useSyncExternalStore(subscribe, getSearch, () => "");
  const filters = useMemo(() => filtersAt(place, search), [place, search]);
  const change = useCallback(
    (changes: Partial<TaskFilters>) =>
      stayIn(place, { ...filtersAt(place, getSearch()), ...changes }, viewAt(getSearch())),
    [place],
  );
  return [filters, change];
}

/** The view that the address of a place has, and a way to change it. */
export function useView(place: Place): [View, (view: View) => void] {
  const search = useSyncExternalStore(subscribe, getSearch, () => "");
  const view = useMemo(() => viewAt(search), [search]);
  const change = useCallback(
    (next: View) => stayIn(place, filtersAt(place, getSearch()), next),
    [place],
  );
  return [view, change];
}

/** What is looked for in a place once nothing more is typed; at once in another place. */
export function useSettledQuery(place: Place, { query }: TaskFilters): string {
  const typed = useMemo(() => ({ place, query }), [place, query]);
  const [settled] = useDebouncedValue(typed, 200);
  return settled.place === place ? settled.query : query;
}

/** Has the app open with a place in this order the next time, and the tab named after it. */
export function useKeptPlace(place: Place, { sort }: TaskFilters): void {
  const userId = authClient.useSession().data?.user.id;
  useEffect(() => {
    document.title = `${placeLabel(place)} · Todo Stack`;
  }, [place]);
  useEffect(() => {
    if (userId) keepLastPlace(window, userId, place, sort);
  }, [userId, place, sort]);
}

/** Has the bare address lead to where its user was last. Whether it is about to: whose place that was is waited for. */
function useBeginning(pathname: string): boolean {
  const { data, isPending } = authClient.useSession();
  const [last] = useState(() =>
    typeof window !== "undefined" && getAddress() === HOME ? readLastPlace(window) : null,
  );
  const isTheirs = last?.userId === data?.user.id;
  const isBeginning = last !== null && pathname === HOME && (isPending || isTheirs);
  useEffect(() => {
    if (isBeginning && !isPending) store().replace(last.address);
  }, [isBeginning, isPending, last]);
  return isBeginning;
}
