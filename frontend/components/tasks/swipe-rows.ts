import { FIELD, rowOf } from "./select-rows";

/** A finger swipes once it has gone so far to a side, and by so much further than up or down. */
const BEGIN_PX = 12;
const STEEPNESS = 1.5;
/** So much of its row a finger has to cross for something to be done. */
const FAR = 0.35;

/** How long a row takes to go back. */
const BACK_MS = 150;

export type Side = "left" | "right";

interface Swiping {
  /** What swiping a task to a side does, in a word; null for nothing. */
  wordOf: (id: number, side: Side) => string | null;
  onSwipe: (id: number, side: Side) => void;
}

/** Has a finger swipe the rows of a list to a side, which show what that does, until the signal. */
export function swipeRows(list: HTMLElement, swiping: Swiping, signal: AbortSignal): void {
  let row: HTMLElement | null = null;
  let begin = { x: 0, y: 0 };
  let distance = 0;

  const sideOf = (by: number): Side => (by > 0 ? "right" : "left");
  const isFar = () => Math.abs(distance) > FAR * row!.offsetWidth;

  function onDown(event: PointerEvent): void {
    row = null;
    if (event.pointerType !== "touch" || !event.isPrimary) return;
    if ((event.target as Element).closest(`[data-drag-handle], ${FIELD}`)) return;
    row = rowOf(event);
    begin = { x: event.clientX, y: event.clientY };
    distance = 0;
  }

  function onMove(event: PointerEvent): void {
    if (!row || !event.isPrimary) return;
    const [across, down] = [event.clientX - begin.x, Math.abs(event.clientY - begin.y)];
    if (distance === 0) {
      if (Math.abs(across) < BEGIN_PX) return;
      if (Math.abs(across) < STEEPNESS * down) return void (row = null);
      row.setPointerCapture(event.pointerId);
    }
    const word = swiping.wordOf(Number(row.dataset.task), sideOf(across));
    distance = word === null ? Math.sign(across) : across;
    row.dataset.swipe = word ?? "";
    row.dataset.side = sideOf(across);
    row.toggleAttribute("data-far", isFar());
    row.style.translate = `${distance}px 0`;
  }

  function end(isMeant: boolean): void {
    const swiped = row;
    if (!swiped || distance === 0) return void (row = null);
    const goes = isMeant && isFar();
    row = null;
    swiped.style.translate = "";
    if (!window.matchMedia("(prefers-reduced-motion: reduce)").matches)
      swiped.animate([{ translate: `${distance}px 0` }, {}], { duration: BACK_MS, easing: "ease" });
    delete swiped.dataset.swipe;
    delete swiped.dataset.side;
    delete swiped.dataset.far;
    if (goes) swiping.onSwipe(Number(swiped.dataset.task), sideOf(distance));
  }

  list.addEventListener("pointerdown", onDown, { signal });
  list.addEventListener("pointermove", onMove, { signal });
  list.addEventListener("pointerup", () => end(true), { signal });
  list.addEventListener("pointercancel", () => end(false), { signal });
}
