import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { PRIORITIES } from "@/lib/api/types";
import { isPrivatePage, pageOf } from "@/lib/auth/private-pages";
import { keepLastPlace, readLastPlace, type Keeper } from "@/lib/places/last-place";
import {
  addressOf,
  countFilters,
  defaultsOf,
  filtersAt,
  filtersOf,
  isFiltered,
  placeAt,
  takesTasks,
  toSearchParams,
  type Place,
  type PlaceName,
} from "@/lib/places/places";
import { TAG_COLORS, tagColor } from "@/lib/places/tag-color";
import { LIST, viewAt, type View } from "@/lib/places/view";
import { DUE_LABELS, SORT_LABELS, STATUS_LABELS, type TaskFilters } from "@/lib/tasks/filters";

const NAMES = ["today", "upcoming", "all", "done", "trash"] as const satisfies PlaceName[];
const home: Place = { name: "tag", tag: "home" };
const TODAY = "2026-12-31";

const keysOf = <T extends string>(labels: Record<T, string>) => Object.keys(labels) as T[];
const anyText = fc.string({ unit: "binary" });
/** As the server has tags: small letters, no spaces. */
const anyTag = anyText
  .map((text) => text.toLowerCase().replace(/\s+/g, "").trim())
  .filter((tag) => tag !== "" && tag === tag.toLowerCase());
const anyPlace: fc.Arbitrary<Place> = fc.oneof(
  fc.constantFrom(...NAMES).map((name) => ({ name })),
  anyTag.map((tag) => ({ name: "tag" as const, tag })),
  fc
    .constantFrom(".", "..", "a/b", "%2e", "#", "?x=1")
    .map((tag) => ({ name: "tag" as const, tag })),
);
const anyFilters: fc.Arbitrary<TaskFilters> = fc.record({
  status: fc.constantFrom(...keysOf(STATUS_LABELS)),
  due: fc.uniqueArray(fc.constantFrom(...keysOf(DUE_LABELS))),
  priorities: fc.uniqueArray(fc.constantFrom(...PRIORITIES)),
  tag: anyText,
  query: anyText,
  sort: fc.constantFrom(...keysOf(SORT_LABELS)),
});
const anyView: fc.Arbitrary<View> = fc.oneof(
  fc.constant(LIST),
  fc
    .constantFrom(null, "2026-12", "1999-01")
    .map((month) => ({ name: "calendar" as const, month })),
);
/** As a browser has an address after it went there. */
const gone = (address: string) => new URL(address, "http://todo.example");

describe("addresses of places", () => {
  it.each<[string, Place | null]>([
    ["/app", { name: "all" }],
    ["/app/all", { name: "all" }],
    ["/app/today", { name: "today" }],
    ["/app/upcoming", { name: "upcoming" }],
    ["/app/done", { name: "done" }],
    ["/app/trash", { name: "trash" }],
    ["/app/tags/home", home],
    ["/app/tags/Home", home],
    ["/app/tags/caf%C3%A9", { name: "tag", tag: "café" }],
    ["/app/tags/a%2Fb", { name: "tag", tag: "a/b" }],
    ["/app/tags/%20..", { name: "tag", tag: ".." }],
    ["/app/tags/a/b", null],
    ["/app/tags/", null],
    ["/app/tags/%20", null],
    ["/app/tags/%E0%A4%A", null],
    ["/app/tags", null],
    ["/app/toString", null],
    ["/app/TODAY", null],
    ["/app/nowhere", null],
    ["/settings", null],
    ["/apple", null],
  ])("%s is %j", (pathname, place) => {
    expect(placeAt(pathname)).toEqual(place);
  });

  it("lead back to their places, with their filters and view, through a browser", () => {
    fc.assert(
      fc.property(anyPlace, anyFilters, anyView, (place, filters, view) => {
        const { pathname, search } = gone(addressOf(place, filters, view));
        expect(placeAt(pathname)).toEqual(place);
        expect(viewAt(search)).toEqual(view);
        const read = filtersAt(place, search);
        expect(addressOf(place, read)).toBe(addressOf(place, filters));
        const own = filtersOf(place);
        if (place.name === "today")
          expect(read).toEqual({ ...filters, status: own.status, due: own.due });
        if (place.name === "all") expect(read).toEqual(filters);
      }),
    );
  });

  it.each<[Place, string]>([
    [{ name: "today" }, "/app/today"],
    [{ name: "done" }, "/app/done"],
    [home, "/app/tags/home"],
  ])("of %j say nothing that the place itself says", (place, address) => {
    expect(addressOf(place, filtersOf(place))).toBe(address);
  });

  it.each([
    ["/app/all", "?sort=title&priority=high&priority=low", "sort", "title"],
    ["/app/all", "?sort=up&sort=priority", "sort", "priority"],
    ["/app/all", "?sort=constructor", "sort", "due_date"],
    ["/app/today", "?sort=manual", "sort", "manual"],
    ["/app/upcoming", "?sort=manual", "sort", "due_date"],
    ["/app/done", "?sort=manual", "sort", "created"],
    ["/app/all", "?status=all", "status", "all"],
    ["/app/all", "?status=gone", "status", "pending"],
    ["/app/done", "?status=pending", "status", "completed"],
    ["/app/today", "?due=none", "due", ["overdue", "today"]],
    ["/app/all", "?due=none&due=never", "due", ["none"]],
    ["/app/all", "?priority=high&priority=huge", "priorities", ["high"]],
    ["/app/tags/home", "?tag=work", "tag", "home"],
    ["/app/upcoming", "?tag=work", "tag", "work"],
    ["/app/tags/home", "?q=pay+rent", "query", "pay rent"],
  ] as const)("%s%s has %s %j", (pathname, search, name, value) => {
    expect(filtersAt(placeAt(pathname)!, search)[name]).toEqual(value);
  });
});

describe("the view of an address", () => {
  it.each<[string, View]>([
    ["", LIST],
    ["?month=2026-12", LIST],
    ["?view=table", LIST],
    ["?view=calendar", { name: "calendar", month: null }],
    ["?view=calendar&month=2026-12", { name: "calendar", month: "2026-12" }],
    ["?view=calendar&month=2026-13&month=2027-01", { name: "calendar", month: "2027-01" }],
    ["?view=calendar&month=soon", { name: "calendar", month: null }],
  ])("%s is %j", (search, view) => {
    expect(viewAt(search)).toEqual(view);
  });
});

describe("a place", () => {
  it.each<[Place, object, boolean]>([
    [{ name: "today" }, { due_date: TODAY }, true],
    [{ name: "upcoming" }, { due_date: "2027-01-01" }, true],
    [{ name: "all" }, {}, true],
    [home, { tags: ["home"] }, true],
    [{ name: "done" }, {}, false],
    [{ name: "trash" }, {}, false],
  ])("%j gives what is added %j", (place, defaults, takes) => {
    expect(defaultsOf(place, TODAY)).toEqual(defaults);
    expect(takesTasks(place)).toBe(takes);
  });

  it.each<[Place, string]>([
    [{ name: "today" }, "status=pending&sort=due_date&due=overdue&due=today"],
    [{ name: "upcoming" }, "status=pending&sort=due_date&due_from=2027-01-01"],
    [{ name: "all" }, "status=pending&sort=due_date"],
    [{ name: "done" }, "status=completed&sort=created"],
    [home, "status=pending&sort=due_date&tag=home"],
  ])("%j asks for %s", (place, asked) => {
    const params = toSearchParams(place, filtersOf(place), "Asia/Karachi", TODAY, null);
    expect(params.get("time_zone")).toBe("Asia/Karachi");
    params.delete("time_zone");
    params.delete("limit");
    expect(String(params)).toBe(asked);
  });

  it.each<[Place, string, string]>([
    [{ name: "all" }, "2026-12-01", "2026-12-01"],
    [{ name: "upcoming" }, "2026-12-01", "2027-01-01"],
    [{ name: "upcoming" }, "2027-02-01", "2027-02-01"],
  ])("%j asks for days from %s on, none before %s", (place, from, first) => {
    const due = { from, to: "2027-03-31" };
    const params = toSearchParams(place, filtersOf(place), "Asia/Karachi", TODAY, null, due);
    expect(params.getAll("due_from")).toEqual([first]);
    expect(params.get("due_to")).toBe("2027-03-31");
  });

  it.each<[Place, Partial<TaskFilters>, number, boolean]>([
    [home, {}, 0, false],
    [home, { sort: "title" }, 0, false],
    [home, { query: " " }, 0, false],
    [home, { query: "x" }, 0, true],
    [home, { status: "all", due: ["week"] }, 2, true],
    [{ name: "today" }, { priorities: ["high", "low"] }, 1, true],
    [{ name: "all" }, { tag: "home" }, 1, true],
  ])("%j with %j has %i filters set", (place, changes, count, filtered) => {
    const filters = { ...filtersOf(place), ...changes };
    expect(countFilters(place, filters)).toBe(count);
    expect(isFiltered(place, filters)).toBe(filtered);
  });

  it("has a colour of its own for each tag, always the same", () => {
    fc.assert(
      fc.property(anyTag, (tag) => {
        expect(tagColor(tag)).toBe(tagColor(tag));
        expect(tagColor(tag)).toBeGreaterThanOrEqual(0);
        expect(tagColor(tag)).toBeLessThan(TAG_COLORS);
      }),
    );
  });
});

describe("the page of an address", () => {
  it.each([
    ["/app", "/app", true],
    ["/app/today", "/app", true],
    ["/app/tags/home", "/app", true],
    ["/app/nowhere", "/app", true],
    ["/app/today/", "/app/today/", false],
    ["/app/", "/app/", false],
    ["/settings", "/settings", true],
    ["/settings/x", "/settings/x", false],
    ["/apple", "/apple", false],
    ["/", "/", false],
    ["/sign-in", "/sign-in", false],
  ])("%s is %s, for who is signed in: %s", (pathname, page, isPrivate) => {
    expect(pageOf(pathname)).toBe(page);
    expect(isPrivatePage(pathname)).toBe(isPrivate);
  });
});

describe("the place opened last", () => {
  function keeper(kept: string | null = null): Keeper & { kept: string | null } {
    return {
      kept,
      get localStorage() {
        return {
          getItem: () => this.kept,
          setItem: (_key: string, value: string) => void (this.kept = value),
          removeItem: () => void (this.kept = null),
        };
      },
    };
  }

  it.each<[Place, TaskFilters["sort"], string | null]>([
    [{ name: "today" }, "due_date", "/app/today"],
    [home, "title", "/app/tags/home?sort=title"],
    [{ name: "all" }, "title", "/app/all?sort=title"],
    [{ name: "all" }, "due_date", null],
    [{ name: "trash" }, "due_date", "/app/trash"],
  ])("%j by %s is kept as %s", (place, sort, address) => {
    const browser = keeper();
    keepLastPlace(browser, "ada", { name: "today" }, "due_date");
    keepLastPlace(browser, "ada", place, sort);
    expect(readLastPlace(browser)).toEqual(address && { userId: "ada", address });
  });

  it.each([
    null,
    "",
    "x",
    "null",
    "{}",
    '{"userId":"ada"}',
    '{"userId":"ada","address":"https://evil.example/app"}',
    '{"userId":"ada","address":"/app/nowhere"}',
    '{"userId":"ada","address":7}',
  ])("is unknown where %s is kept", (kept) => {
    expect(readLastPlace(keeper(kept))).toBeNull();
  });

  it("is unknown to a browser that keeps nothing", () => {
    const browser: Keeper = {
      get localStorage(): Storage {
        throw new DOMException("denied", "SecurityError");
      },
    };
    keepLastPlace(browser, "ada", { name: "today" }, "due_date");
    expect(readLastPlace(browser)).toBeNull();
  });
});
