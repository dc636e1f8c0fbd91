import { delMany, get, keys } from "idb-keyval";
import { store, waitingKey } from "./store";

/** How many changes of a person wait on this device. */
export async function countWaiting(userId: string): Promise<number> {
  const kept = await get<{ changes: unknown[] }>(waitingKey(userId), store);
  return kept?.changes.length ?? 0;
}

/** Has nothing left of a person on this device. */
export async function forgetPerson(userId: string): Promise<void> {
  const all = await keys<string[]>(store);
  await delMany(
    all.filter((key) => key[1] === userId),
    store,
  );
}
