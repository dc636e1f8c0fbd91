import { describe, expect, it } from "vitest";
import { addressAfter, signInFor } from "@/lib/auth/return-address";

const ORIGIN = "https://todo.example";
const after = (address: string) => addressAfter(new URLSearchParams(address.split("#")[1]), ORIGIN);

describe("signing in leads back", () => {
  it.each([
    "/app",
    "/app/today",
    "/app/tags/home?sort=title",
    "/app/tags/caf%C3%A9%20%26%20bar?q=a%23b",
    "/settings",
  ])("to %s", (address) => expect(after(signInFor(address))).toBe(address));

  it.each([
    "https://elsewhere.example/app",
    "//elsewhere.example/app",
    "/\\elsewhere.example/app",
    "javascript:alert(1)",
    "/app/../sign-out",
    "/",
    "/api/me/tasks",
    "http://[",
    "",
  ])("and never to %j", (address) =>
    expect(addressAfter(new URLSearchParams({ from: address }), ORIGIN)).toBe("/app"),
  );
});

it("says nothing of an address that everybody begins with", () =>
  expect(signInFor("/app")).toBe("/sign-in"));
