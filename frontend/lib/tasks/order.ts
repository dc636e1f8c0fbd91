/** Where a task goes in the order that is made by hand, as the server is told it. */
export type Beside = { before: number } | { after: number };

interface Identified {
  id: number;
}

/** Where the task of a place goes for it to have another one; null where there is none. */
export function besideAt(tasks: Identified[], from: number, to: number): Beside | null {
  const other = tasks[to];
  if (!other || from === to) return null;
  return to < from ? { before: other.id } : { after: other.id };
}

/** Where the task of a place is; null where it is alone. */
export function besideNow(tasks: Identified[], place: number): Beside | null {
  const [former, next] = [tasks[place - 1], tasks[place + 1]];
  if (former) return { after: former.id };
  return next ? { before: next.id } : null;
}

/** The pages of a list with a task moved; as they are where it, or the one that it goes beside, is in none of them. */
export function withMoved<T extends Identified>(pages: T[][], id: number, beside: Beside): T[][] {
  const tasks = pages.flat();
  const moved = tasks.find((task) => task.id === id);
  const others = tasks.filter((task) => task.id !== id);
  const isBefore = "before" in beside;
  const other = others.findIndex((task) => task.id === (isBefore ? beside.before : beside.after));
  if (!moved || other < 0) return pages;
  others.splice(isBefore ? other : other + 1, 0, moved);
  let end = 0;
  return pages.map(({ length }) => others.slice(end, (end += length)));
}

/** The place to which a row is dragged, so far from where it was: after all rows whose middle is above its own. */
export function placeOfDragged(middles: number[], from: number, distance: number): number {
  const middle = middles[from]! + distance;
  return middles.filter((other, place) => place !== from && other < middle).length;
}

/** How many rows down a row makes room for one that is dragged from a place to another. */
export function roomMade(place: number, from: number, to: number): -1 | 0 | 1 {
  if (place > from && place <= to) return -1;
  return place < from && place >= to ? 1 : 0;
}
