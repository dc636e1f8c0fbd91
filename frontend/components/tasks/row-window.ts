/** The first row of a part of a list, and the one after its last. */
export interface RowRange {
  from: number;
  to: number;
}

/** The height of a row of one line: as high as all are taken to be until some have been seen. */
export const ROW_PX = 46;

/** Rows come and go by so many at once. */
const STEP = 4;

/** Which rows have a part of them between two places, counted from the top of the first. `ends`: where each ends. */
export function rowsBetween(ends: number[], top: number, bottom: number): RowRange {
  const total = ends.at(-1) ?? 0;
  if (bottom <= 0 || top >= total) return { from: 0, to: 0 };
  const first = ends.findIndex((end) => end > top);
  const last = ends.findIndex((end) => end >= bottom);
  return {
    from: Math.floor(first / STEP) * STEP,
    to: last < 0 ? ends.length : Math.min(ends.length, Math.ceil((last + 1) / STEP) * STEP),
  };
}

/** Whether two parts of a list have a row in common. */
export const overlap = (one: RowRange, other: RowRange) =>
  one.from < other.to && other.from < one.to;

/** So many rows are drawn at once, at each end: more would take longer than a frame. */
const FEW = 8;

/**
 * What of the wanted rows is drawn next, where others are drawn now: a few more at each end, or what is in sight where none of
 * them is.
 */
export function nextRows(now: RowRange, wanted: RowRange, inSight: RowRange): RowRange {
  const isSeen = inSight.to > inSight.from;
  const near = isSeen ? inSight : wanted;
  if (!overlap(near, now))
    return isSeen ? inSight : { from: wanted.from, to: Math.min(wanted.to, wanted.from + FEW) };
  return {
    from: Math.max(wanted.from, now.from - FEW),
    to: Math.min(wanted.to, now.to + FEW),
  };
}

/** Where each row ends. Those that have not been seen yet are as high as is usual. */
export function endsOf(
  ids: number[],
  heights: ReadonlyMap<number, number>,
  usual: number,
): number[] {
  let end = 0;
  return ids.map((id) => (end += heights.get(id) ?? usual));
}

/** Where the row of a place begins; what has come since they were reckoned counts as it may be. */
export function topOf(ends: number[], place: number): number {
  const known = Math.min(place, ends.length);
  return (ends[known - 1] ?? 0) + (place - known) * ROW_PX;
}
