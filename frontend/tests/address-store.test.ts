import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { AddressStore, type AddressBar } from "@/lib/places/address-store";
import { isInApp } from "@/lib/places/places";

/** A browser's address bar with its history. */
class Browser implements AddressBar {
  entries: string[];
  at = 0;
  readonly listeners = { popstate: new Set<() => void>(), pagehide: new Set<() => void>() };
  replaced = 0;

  constructor(address: string) {
    this.entries = [address];
  }

  get location() {
    const { pathname, search } = new URL(this.entries[this.at]!, "http://todo.example");
    return { pathname, search };
  }

  readonly history = {
    pushState: (_data: unknown, _title: string, address: string) => {
      this.entries = [...this.entries.slice(0, ++this.at), address];
    },
    replaceState: (_data: unknown, _title: string, address: string) => {
      this.replaced++;
      this.entries[this.at] = address;
    },
  };

  addEventListener(type: "popstate" | "pagehide", listener: () => void) {
    this.listeners[type].add(listener);
  }

  removeEventListener(type: "popstate" | "pagehide", listener: () => void) {
    this.listeners[type].delete(listener);
  }

  go(steps: number) {
    this.at += steps;
    for (const listener of this.listeners.popstate) listener();
  }

  leave() {
    for (const listener of this.listeners.pagehide) listener();
  }
}

let browser: Browser;
let store: AddressStore;
let seen: string[];
let unsubscribe: () => void;

beforeEach(() => {
  vi.useFakeTimers();
  browser = new Browser("/app/today");
  store = new AddressStore(browser, isInApp, "/app");
  seen = [];
  unsubscribe = store.subscribe(() => seen.push(store.get()));
});
afterEach(() => {
  unsubscribe();
  vi.useRealTimers();
});

it("begins where the browser is", () => {
  expect(store.get()).toBe("/app/today");
});

it("goes to a place with a way back, and forth again", () => {
  store.push("/app/done");
  browser.go(-1);
  browser.go(1);
  expect(seen).toEqual(["/app/done", "/app/today", "/app/done"]);
  expect(browser.entries).toEqual(["/app/today", "/app/done"]);
});

it("goes nowhere for a place where one is", () => {
  store.push("/app/today");
  expect(browser.entries).toEqual(["/app/today"]);
});

it("has what is typed at once, and shows it when no more comes", () => {
  for (const text of ["p", "pa", "pay"]) store.replace(`/app/today?q=${text}`);
  expect(seen).toEqual(["/app/today?q=p", "/app/today?q=pa", "/app/today?q=pay"]);
  expect(browser.replaced).toBe(0);
  vi.runAllTimers();
  expect(browser.entries).toEqual(["/app/today?q=pay"]);
  expect(browser.replaced).toBe(1);
});

it("keeps what was typed for the way back when one goes on at once", () => {
  store.replace("/app/today?q=pay");
  store.push("/app/done");
  vi.runAllTimers();
  expect(browser.entries).toEqual(["/app/today?q=pay", "/app/done"]);
  browser.go(-1);
  expect(store.get()).toBe("/app/today?q=pay");
});

it("gives up what was typed when one goes back at once", () => {
  store.push("/app/done");
  store.replace("/app/done?q=pay");
  browser.go(-1);
  vi.runAllTimers();
  expect(store.get()).toBe("/app/today");
  expect(browser.entries).toEqual(["/app/today", "/app/done"]);
});

it("shows what was typed when the page is left", () => {
  store.replace("/app/today?q=pay");
  browser.leave();
  expect(browser.entries).toEqual(["/app/today?q=pay"]);
});

it("stands still while another page has the address bar", () => {
  store.get();
  store.replace("/app/today?q=pay");
  browser.history.pushState(null, "", "/settings");
  browser.go(0);
  vi.runAllTimers();
  expect(store.get()).toBe("/app/today?q=pay");
  expect(browser.entries).toEqual(["/app/today", "/settings"]);
});

it("listens to the browser as long as somebody listens to it", () => {
  const another = store.subscribe(() => undefined);
  unsubscribe();
  expect(browser.listeners.popstate.size).toBe(1);
  another();
  expect([browser.listeners.popstate.size, browser.listeners.pagehide.size]).toEqual([0, 0]);
  browser.history.pushState(null, "", "/app/all");
  expect(store.get()).toBe("/app/all");
});
