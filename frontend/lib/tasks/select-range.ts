import { NOTHING, type Selection } from "./selection";

/** With all tasks from one to another. Where the first is the end of a range, that one becomes longer or shorter. */
export function extended(
  selection: Selection,
  order: number[],
  from: number,
  to: number,
): Selection {
  const goesOn = selection.head === from;
  const anchor = goesOn ? selection.anchor! : from;
  const base = goesOn ? selection.base : selection.ids;
  return {
    ids: new Set([...base, ...between(order, anchor, to)]),
    isAll: false,
    anchor,
    head: to,
    base,
  };
}

function between(order: number[], one: number, other: number): number[] {
  const [first, last] = [order.indexOf(one), order.indexOf(other)].sort((a, b) => a - b);
  return first! < 0 ? [other] : order.slice(first, last! + 1);
}

/** All tasks of a list; `isAll`: and those that are not loaded. */
export function whole(order: number[], isAll: boolean): Selection {
  return { ...NOTHING, ids: new Set(order), isAll };
}

/** What of it is in a list; the same object where that is all. */
export function within(selection: Selection, tasks: { id: number }[]): Selection {
  const { ids, isAll, head } = selection;
  if (ids.size === 0) return selection;
  const present = new Set(tasks.map(({ id }) => id));
  const left = [...ids].filter((id) => present.has(id));
  if (isAll && present.size > 0)
    return left.length === present.size && left.length === ids.size
      ? selection
      : { ...selection, ids: present };
  if (left.length === ids.size) return selection;
  if (left.length === 0) return NOTHING;
  const next = new Set(left);
  const ends = head !== null && present.has(head) ? {} : { anchor: null, head: null };
  return { ...selection, ids: next, base: next, ...ends };
}
