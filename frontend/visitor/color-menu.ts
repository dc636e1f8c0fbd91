/** Where Mantine keeps the choice, and its script in the head of each page reads it before anything is drawn. */
const KEY = "mantine-color-scheme-value";

const device = window.matchMedia("(prefers-color-scheme: dark)");

/** How far the keys lead in the menu, from an item's place among so many; from the menu itself, that is -1. */
const STEPS: Record<string, (at: number, count: number) => number> = {
  ArrowDown: (at, count) => (at + 1) % count,
  ArrowUp: (at, count) => (Math.max(at, 0) - 1 + count) % count,
  Home: () => 0,
  End: (_, count) => count - 1,
};

/** Opens the menu of the colours, and has the page follow what is chosen, here or in another tab, or what the device says. */
export function listenToColors(): void {
  device.addEventListener("change", () => paint());
  window.addEventListener("storage", ({ key }) => key === KEY && paint());
  document.addEventListener("click", (event) => {
    const { target, detail } = event as MouseEvent & { target: Element };
    const menu = menuAt(target);
    if (!menu) return close();
    const scheme = target.closest<HTMLElement>("[data-scheme]")?.dataset.scheme;
    if (scheme) choose(scheme);
    else if (!isOpen(menu)) return open(menu, detail === 0);
    close(true);
  });
  document.addEventListener("keydown", onKey);
}

interface Menu {
  button: HTMLElement;
  list: HTMLElement;
}

/** The menu that an element belongs to, or without one the page's. */
function menuAt(element?: Element): Menu | null {
  const root = element
    ? element.closest("[data-color-menu]")
    : document.querySelector("[data-color-menu]");
  if (!root) return null;
  return { button: root.querySelector("button")!, list: root.querySelector('[role="menu"]')! };
}

const isOpen = ({ list }: Menu) => !list.hidden;

/** Opens the menu; by a key, on its first item. */
function open({ button, list }: Menu, byKey: boolean): void {
  list.hidden = false;
  button.setAttribute("aria-expanded", "true");
  (byKey ? list.querySelector<HTMLElement>("button")! : list).focus();
}

/** Closes the menu if it is open; the focus goes back to its button where nobody has led it elsewhere. */
function close(takesFocus = false): void {
  const menu = menuAt();
  if (!menu || !isOpen(menu)) return;
  menu.list.hidden = true;
  menu.button.setAttribute("aria-expanded", "false");
  if (takesFocus) menu.button.focus();
}

function onKey(event: KeyboardEvent): void {
  const menu = menuAt();
  if (!menu || !isOpen(menu)) return;
  const { key } = event;
  if (key === "Escape" || key === "Tab") return close(true);
  const items = [...menu.list.querySelectorAll("button")];
  const next = STEPS[key]?.(
    items.indexOf(document.activeElement as HTMLButtonElement),
    items.length,
  );
  if (next === undefined) return;
  event.preventDefault();
  items[next]!.focus();
}

/** Keeps a choice; a browser that keeps nothing has it for this page. */
function choose(scheme: string): void {
  try {
    window.localStorage.setItem(KEY, scheme);
  } catch {
    // It may not.
  }
  paint(scheme);
}

function kept(): string | null {
  try {
    return window.localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

function paint(scheme = kept()): void {
  const isDark = scheme === "dark" || (scheme !== "light" && device.matches);
  document.documentElement.dataset.mantineColorScheme = isDark ? "dark" : "light";
}
