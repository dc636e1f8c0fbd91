/** So long a finger rests on a row to select it, and moves no further than that meanwhile. */
const LONG_PRESS_MS = 500;
const STILL_PX = 10;

/** What takes text. */
export const FIELD = "input:not([type=checkbox])";
/** Parts of a row that have clicks and presses of their own. */
const OWN = `a, ${FIELD}, [data-drag-handle]`;

interface Selecting {
  /** Whether something is selected, so that a tap selects. */
  isBegun: () => boolean;
  /** The ids of the tasks as they are shown. */
  order: () => number[];
  toggle: (id: number) => void;
  /** Selects all from a task to another; without the first, from where the last range ended. */
  extend: (from: number | null, to: number) => void;
  all: () => void;
}

/** Has keys, clicks and fingers on the rows of a list select tasks, until the signal. */
export function selectRows(list: HTMLElement, selecting: Selecting, signal: AbortSignal): void {
  let pointer = "";
  /** Whether a finger has rested on a row: what its lifting clicks is not meant. */
  let isPressed = false;
  let timer: ReturnType<typeof setTimeout>;
  let begin = { x: 0, y: 0 };

  function onKey(event: KeyboardEvent): void {
    const id = Number((event.target as HTMLElement).dataset.taskTitle);
    if (!id || event.altKey) return;
    const isMod = event.ctrlKey || event.metaKey;
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (isMod && event.key === "a") selecting.all();
    else if (!isMod && event.key === "s") selecting.toggle(id);
    else {
      // The focus goes there as it does without Shift.
      const order = selecting.order();
      const to = event.shiftKey && !isMod && by ? order[order.indexOf(id) + by] : undefined;
      if (to !== undefined) selecting.extend(id, to);
      return;
    }
    event.preventDefault();
  }

  function onClick(event: MouseEvent): void {
    const row = rowOf(event);
    if (!row) return;
    const id = Number(row.dataset.task);
    const on = (selector: string) => (event.target as Element).closest(selector) !== null;
    if (isPressed) isPressed = false;
    else if (on(OWN)) return;
    else if (event.shiftKey) selecting.extend(null, id);
    else if (on("[data-select]")) return;
    else if (event.ctrlKey || event.metaKey) selecting.toggle(id);
    else if (
      pointer === "touch" &&
      event.detail > 0 &&
      selecting.isBegun() &&
      !on("input, [aria-haspopup=menu]")
    )
      selecting.toggle(id);
    else return;
    event.preventDefault();
    event.stopPropagation();
    row.querySelector<HTMLElement>("[data-task-title]")?.focus();
  }

  function onPointerDown(event: PointerEvent): void {
    clearTimeout(timer);
    pointer = event.pointerType;
    isPressed = false;
    const row = rowOf(event);
    if (!row || pointer !== "touch" || !event.isPrimary) return;
    if ((event.target as Element).closest(OWN)) return;
    begin = { x: event.clientX, y: event.clientY };
    timer = setTimeout(() => {
      isPressed = true;
      selecting.toggle(Number(row.dataset.task));
    }, LONG_PRESS_MS);
  }

  function onPointerMove({ clientX, clientY }: PointerEvent): void {
    if (Math.hypot(clientX - begin.x, clientY - begin.y) > STILL_PX) clearTimeout(timer);
  }

  const giveUp = () => clearTimeout(timer);
  list.addEventListener("keydown", onKey, { signal });
  list.addEventListener("click", onClick, { signal, capture: true });
  list.addEventListener("pointerdown", onPointerDown, { signal });
  list.addEventListener("pointermove", onPointerMove, { signal });
  list.addEventListener("pointerup", giveUp, { signal });
  list.addEventListener("pointercancel", giveUp, { signal });
  // Of the text that Shift would select, and of the menu that a long press would open.
  list.addEventListener(
    "mousedown",
    (event) =>
      event.shiftKey && !(event.target as Element).closest(FIELD) && event.preventDefault(),
    { signal },
  );
  list.addEventListener(
    "contextmenu",
    (event) => pointer === "touch" && isPressed && event.preventDefault(),
    { signal },
  );
  signal.addEventListener("abort", giveUp);
}

/** The row of a task that an event is in. */
export const rowOf = ({ target }: Event) => (target as Element).closest<HTMLElement>("[data-task]");
