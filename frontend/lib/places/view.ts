import { isMonth } from "../tasks/month";

/** How a place is shown: as a list, or as the calendar of a month, YYYY-MM; null is this month. */
export type View = { name: "list" } | { name: "calendar"; month: string | null };

export const LIST: View = { name: "list" };

/** The view that an address asks for. */
export function viewAt(search: string): View {
  const params = new URLSearchParams(search);
  if (params.get("view") !== "calendar") return LIST;
  return { name: "calendar", month: params.getAll("month").find(isMonth) ?? null };
}

/** A view as parameters of an address: none for the list. */
export function viewParams(view: View): [string, string][] {
  if (view.name === "list") return [];
  return [["view", view.name], ...(view.month ? [["month", view.month] as [string, string]] : [])];
}
