/** Shows one of a page's views and hides the others. */
export function show(name: string): void {
  for (const view of document.querySelectorAll<HTMLElement>("[data-view]"))
    view.hidden = view.dataset.view !== name;
}
