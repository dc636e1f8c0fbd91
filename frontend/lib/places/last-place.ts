import type { Sort } from "../api/types";
import { addressOf, ALL, filtersOf, isSamePlace, placeAt, type Place } from "./places";

const KEY = "todo-stack.last-place";

interface LastPlace {
  userId: string;
  address: string;
}

/** A browser's window. One may refuse to keep anything, and throws where its store is named. */
export interface Keeper {
  localStorage: Pick<Storage, "getItem" | "setItem" | "removeItem">;
}

/** Where somebody was last on this device; null where nothing is known, or that cannot be read. */
export function readLastPlace(keeper: Keeper): LastPlace | null {
  try {
    const { userId, address } = JSON.parse(keeper.localStorage.getItem(KEY)!) as LastPlace;
    return placeAt(address.split("?")[0]!) ? { userId, address } : null;
  } catch {
    return null;
  }
}

/** Keeps a place and its order for its user; nothing for what the app opens with anyway. What was filtered is not kept. */
export function keepLastPlace(keeper: Keeper, userId: string, place: Place, sort: Sort): void {
  const own = filtersOf(place);
  const last: LastPlace = { userId, address: addressOf(place, { ...own, sort }) };
  try {
    if (isSamePlace(place, ALL) && sort === own.sort) keeper.localStorage.removeItem(KEY);
    else keeper.localStorage.setItem(KEY, JSON.stringify(last));
  } catch {
    // The app opens with all tasks then.
  }
}
