import { placeOfDragged, roomMade } from "@/lib/tasks/order";

/** So near an end of what is in sight, a dragged row scrolls the list, by so much at each frame. */
const EDGE_PX = 56;
const SCROLL_PX = 9;

/**
 * Drags the row of a place along with the pointer that has gone down on its handle, while the others make room. At the end
 * it has another place, or null; Escape gives up. Rows are shown as they were dropped until `putDown`.
 */
export function dragRow(
  rows: HTMLElement[],
  from: number,
  { target, pointerId, clientY }: PointerEvent,
  onEnd: (place: number | null) => void,
): void {
  const handle = target as HTMLElement;
  const row = rows[from]!;
  const scroller = row.closest("main")!;
  const boxes = rows.map((other) => other.getBoundingClientRect());
  const [first, own, last] = [boxes[0]!, boxes[from]!, boxes.at(-1)!];
  const middles = boxes.map(({ top, height }) => top + height / 2);
  const begin = clientY + scroller.scrollTop;
  const ended = new AbortController();
  let pointerY = clientY;
  let place = from;

  function follow(): void {
    const distance = pointerY + scroller.scrollTop - begin;
    place = placeOfDragged(middles, from, distance);
    // Not beyond the list, which would grow by that, and scroll without end.
    const shown = Math.min(Math.max(distance, first.top - own.top), last.bottom - own.bottom);
    rows.forEach((other, index) => {
      const shift = index === from ? shown : roomMade(index, from, place) * own.height;
      other.style.translate = `0 ${shift}px`;
    });
  }

  function scrollAtEdge(): void {
    if (ended.signal.aborted) return;
    if (!row.isConnected) return end(false);
    const { top, bottom } = scroller.getBoundingClientRect();
    const by = pointerY < top + EDGE_PX ? -SCROLL_PX : pointerY > bottom - EDGE_PX ? SCROLL_PX : 0;
    if (by !== 0) {
      scroller.scrollBy(0, by);
      follow();
    }
    requestAnimationFrame(scrollAtEdge);
  }

  function end(dropped: boolean): void {
    ended.abort();
    onEnd(dropped && place !== from ? place : null);
  }

  row.dataset.dragged = "";
  handle.setPointerCapture(pointerId);
  const options = { signal: ended.signal };
  handle.addEventListener(
    "pointermove",
    (event) => {
      pointerY = event.clientY;
      follow();
    },
    options,
  );
  handle.addEventListener("pointerup", () => end(true), options);
  handle.addEventListener("lostpointercapture", () => end(false), options);
  window.addEventListener("keydown", ({ key }) => key === "Escape" && end(false), options);
  requestAnimationFrame(scrollAtEdge);
}

/** Shows rows where the list has them. */
export function putDown(rows: HTMLElement[]): void {
  for (const row of rows) {
    row.style.translate = "";
    delete row.dataset.dragged;
  }
}
