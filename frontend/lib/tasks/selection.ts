/** Which tasks of a list are selected, by their ids. */
export interface Selection {
  ids: ReadonlySet<number>;
  /** Whether all that the list has are meant, also those that are not loaded. */
  isAll: boolean;
  /** Where the range begins that Shift makes longer or shorter, its other end, and what was selected without it. */
  anchor: number | null;
  head: number | null;
  base: ReadonlySet<number>;
}

const NONE: ReadonlySet<number> = new Set();
export const NOTHING: Selection = { ids: NONE, isAll: false, anchor: null, head: null, base: NONE };

/** With one task more, or less. */
export function toggled({ ids }: Selection, id: number): Selection {
  const next = new Set(ids);
  if (!next.delete(id)) next.add(id);
  return { ids: next, isAll: false, anchor: id, head: id, base: next };
}
