import type { LineDefaults, Sort } from "../api/types";
import { APP } from "../auth/private-pages";
import { dayAfter } from "../tasks/due";
import {
  DEFAULT_FILTERS,
  isDueWindow,
  isPriority,
  isSort,
  isStatus,
  type TaskFilters,
} from "../tasks/filters";
import type { Days } from "../tasks/month";
import { LIST, viewParams, type View } from "./view";

/** A list with an address of its own. */
export type PlaceName = "today" | "upcoming" | "all" | "done" | "trash";
export type Place = { name: PlaceName } | { name: "tag"; tag: string };

export const ALL: Place = { name: "all" };
export const HOME = APP;
const TAGS = `${HOME}/tags/`;
const NAMES: Record<string, PlaceName> = {
  [HOME]: "all",
  [`${HOME}/today`]: "today",
  [`${HOME}/upcoming`]: "upcoming",
  [`${HOME}/all`]: "all",
  [`${HOME}/done`]: "done",
  [`${HOME}/trash`]: "trash",
};

export const PLACE_LABELS: Record<PlaceName, string> = {
  today: "Today",
  upcoming: "Upcoming",
  all: "All",
  done: "Done",
  trash: "Trash",
};

/** What a place is called. */
export const placeLabel = (place: Place) =>
  place.name === "tag" ? `#${place.tag}` : PLACE_LABELS[place.name];

/** Whether an address belongs to the app, which is one page. */
export const isInApp = (pathname: string) => pathname === HOME || pathname.startsWith(`${HOME}/`);

/** The place of an address; null where there is none. */
export function placeAt(pathname: string): Place | null {
  if (Object.hasOwn(NAMES, pathname)) return { name: NAMES[pathname]! };
  if (!pathname.startsWith(TAGS)) return null;
  const tag = decoded(pathname.slice(TAGS.length))?.trim().toLowerCase();
  return tag ? { name: "tag", tag } : null;
}

/** The part of an address that a tag is; null for what is not encoded as one. */
function decoded(part: string): string | null {
  try {
    return part.includes("/") ? null : decodeURIComponent(part);
  } catch {
    return null;
  }
}

/** The address of a place as it is when nothing in it is filtered. */
export function pathOf(place: Place): string {
  if (place.name !== "tag") return `${HOME}/${place.name}`;
  // Browsers take "." and ".." for folders, however they are encoded, but not with a space beside them.
  return TAGS + (/^\.+$/.test(place.tag) ? "%20" : "") + encodeURIComponent(place.tag);
}

export const isSamePlace = (one: Place, other: Place) => pathOf(one) === pathOf(other);

/** What a place itself decides, so that no filter there does. */
const DECIDED: Record<Place["name"], readonly (keyof TaskFilters)[]> = {
  today: ["status", "due"],
  upcoming: ["status", "due"],
  all: [],
  done: ["status"],
  trash: ["status", "due", "tag", "priorities", "sort"],
  tag: ["tag"],
};

/** Whether a person may filter by something in a place. */
export const isOpen = (place: Place, filter: keyof TaskFilters) =>
  !DECIDED[place.name].includes(filter);

/** Whether a place may be sorted so: Upcoming goes by days, and what is done has left the order that is made by hand. */
export const hasSort = ({ name }: Place, sort: Sort) =>
  sort !== "manual" || !(name === "upcoming" || name === "done");

/** The filters of a place that nobody has touched. */
export function filtersOf(place: Place): TaskFilters {
  if (place.name === "today") return { ...DEFAULT_FILTERS, due: ["overdue", "today"] };
  if (place.name === "done") return { ...DEFAULT_FILTERS, status: "completed", sort: "created" };
  if (place.name === "tag") return { ...DEFAULT_FILTERS, tag: place.tag };
  return DEFAULT_FILTERS;
}

/** What an address says of the filters of its place; what it says wrongly, or may not, counts for nothing. */
export function filtersAt(place: Place, search: string): TaskFilters {
  const params = new URLSearchParams(search);
  const own = filtersOf(place);
  const sort = first(params, "sort", isSort) ?? own.sort;
  const said: TaskFilters = {
    status: first(params, "status", isStatus) ?? own.status,
    due: params.has("due") ? params.getAll("due").filter(isDueWindow) : own.due,
    priorities: params.getAll("priority").filter(isPriority),
    tag: params.get("tag") ?? own.tag,
    query: params.get("q") ?? "",
    sort: hasSort(place, sort) ? sort : own.sort,
  };
  const decided = DECIDED[place.name].map((filter) => [filter, own[filter]] as const);
  return { ...said, ...Object.fromEntries(decided) };
}

function first<T extends string>(
  params: URLSearchParams,
  name: string,
  isOne: (value: string) => value is T,
): T | undefined {
  return params.getAll(name).find(isOne);
}

/** The address of a place with these filters, in a view: what is as the place has it is left out. */
export function addressOf(place: Place, filters: TaskFilters, view: View = LIST): string {
  const own = filtersOf(place);
  const params = new URLSearchParams();
  const say = (name: string, filter: keyof TaskFilters, values: readonly string[]) => {
    if (!isOpen(place, filter) || String(filters[filter]) === String(own[filter])) return;
    for (const value of values) params.append(name, value);
  };
  say("status", "status", [filters.status]);
  say("due", "due", filters.due);
  say("priority", "priorities", filters.priorities);
  say("tag", "tag", [filters.tag]);
  say("q", "query", [filters.query]);
  if (hasSort(place, filters.sort)) say("sort", "sort", [filters.sort]);
  for (const [name, value] of viewParams(view)) params.set(name, value);
  return pathOf(place) + (params.size > 0 ? `?${params}` : "");
}

/** What an address names of the chat: a conversation by its id, or one that has not begun. */
export const NEW_CHAT = "new";

/** What an address names of the chat, which is beside every place; null where it leaves that as it is. */
export const chatAt = (search: string) => new URLSearchParams(search).get("chat") || null;

/** The same address with another word on the chat. */
export function withChat(address: string, chat: string | null): string {
  const [path, search] = address.split("?") as [string, string?];
  const params = new URLSearchParams(search);
  if (chat) params.set("chat", chat);
  else params.delete("chat");
  return path + (params.size > 0 ? `?${params}` : "");
}

/** How many filters of the menu are set. */
export function countFilters(place: Place, filters: TaskFilters): number {
  const own = filtersOf(place);
  const inMenu = ["status", "due", "priorities", "tag"] as const;
  return inMenu.filter((name) => String(filters[name]).trim() !== String(own[name])).length;
}

/** Whether a person's filters, or what they look for, keep tasks of the place off the list. */
export const isFiltered = (place: Place, filters: TaskFilters) =>
  filters.query.trim() !== "" || countFilters(place, filters) > 0;

/** What a task that is added in a place has where its writer says nothing of it. */
export function defaultsOf(place: Place, today: string): Partial<LineDefaults> {
  if (place.name === "today") return { due_date: today };
  if (place.name === "upcoming") return { due_date: dayAfter(today) };
  return place.name === "tag" ? { tags: [place.tag] } : {};
}

/** Whether tasks are added in a place. */
export const takesTasks = ({ name }: Place) => name !== "done" && name !== "trash";

/** The query string of `GET /api/me/tasks` for a place with filters, to a reader in a time zone on a day. `due`: on which days. */
export function toSearchParams(
  place: Place,
  filters: TaskFilters,
  timeZone: string,
  today: string,
  cursor: string | null,
  due: Days | null = null,
): URLSearchParams {
  const params = new URLSearchParams({
    status: filters.status,
    sort: filters.sort,
    time_zone: timeZone,
    limit: due || cursor ? "200" : "50", // what comes first comes soon
  });
  for (const priority of filters.priorities) params.append("priority", priority);
  for (const window of filters.due) params.append("due", window);
  const firsts = [due?.from, place.name === "upcoming" ? dayAfter(today) : undefined];
  const from = firsts
    .filter((day) => day !== undefined)
    .sort()
    .at(-1);
  if (from) params.set("due_from", from);
  if (due) params.set("due_to", due.to);
  if (filters.tag.trim()) params.set("tag", filters.tag.trim());
  if (filters.query.trim()) params.set("q", filters.query.trim());
  if (cursor) params.set("cursor", cursor);
  return params;
}
