import fc from "fast-check";
import { expect, it } from "vitest";
import { DEFAULT_FILTERS } from "@/lib/tasks/filters";
import { addressOf, ALL, chatAt, filtersAt, withChat } from "@/lib/places/places";

const searchOf = (address: string) => address.split("?")[1] ?? "";

it("names any conversation beside a place, and leaves the place as it is", () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), fc.string(), (chat, query) => {
      const bare = addressOf(ALL, { ...DEFAULT_FILTERS, query, sort: "title" });
      const address = withChat(bare, chat);
      expect(chatAt(searchOf(address))).toBe(chat);
      expect(filtersAt(ALL, searchOf(address))).toEqual(filtersAt(ALL, searchOf(bare)));
      expect(withChat(address, null)).toBe(bare);
    }),
  );
});

it("says nothing of the chat where it names none", () => {
  expect(chatAt("")).toBeNull();
  expect(chatAt("chat=&q=milk")).toBeNull();
  expect(withChat("/app/today", null)).toBe("/app/today");
});
