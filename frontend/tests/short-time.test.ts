import { expect, it } from "vitest";
import { shortTime } from "@/lib/tasks/short-time";

it.each([
  ["en-US", "2026-11-30T17:00:00Z", "5p"],
  ["en-US", "2026-11-30T05:30:00Z", "5:30a"],
  ["en-US", "2026-11-30T00:00:00Z", "12a"],
  ["en-AU", "2026-11-30T12:00:00Z", "12p"],
  ["en-GB", "2026-11-30T17:00:00Z", "17:00"],
  ["de", "2026-11-30T05:30:00Z", "05:30"],
])("in %s %s is %s", (locale, moment, expected) =>
  expect(shortTime(new Date(moment), "UTC", locale)).toBe(expected),
);
