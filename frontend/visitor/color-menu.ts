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
  document.addEventListener("click", ({ target, detail }) => {
    const menu = findMenu();
    if (!menu) return;
    if (!menu.root.contains(target as Element)) return close(menu);
    const scheme = (target as Element).closest<HTMLElement>("[data-scheme]")?.dataset.scheme;
    if (scheme) choose(scheme);
    else if (menu.list.hidden) return open(menu, detail === 0);
    close(menu);
    menu.button.focus();
  });
  document.addEventListener("keydown", onKey);
}

interface Menu {
  root: Element;
  button: HTMLElement;
  list: HTMLElement;
}

function findMenu(): Menu | null {
  const root = document.querySelector("[data-color-menu]");
  if (!root) return null;
  const list = root.querySelector<HTMLElement>('[role="menu"]')!;
  return { root, button: root.querySelector("button")!, list };
}

/** Opens the menu; by a key, on its first item. */
function open({ button, list }: Menu, byKey: boolean): void {
  list.hidden = false;
  button.setAttribute("aria-expanded", "true");
  (byKey ? list.querySelector("button")! : list).focus();
}

function close({ button, list }: Menu): void {
  list.hidden = true;
  button.setAttribute("aria-expanded", "false");
}

function onKey(event: KeyboardEvent): void {
  const menu = findMenu();
  if (!menu || menu.list.hidden) return;
  const { key } = event;
  if (key === "Escape" || key === "Tab") {
    close(menu);
    return menu.button.focus();
  }
  const items = [...menu.list.querySelectorAll("button")];
  const at = items.indexOf(document.activeElement as HTMLButtonElement);
  const next = STEPS[key]?.(at, items.length);
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
