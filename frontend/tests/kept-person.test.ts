import { expect, it } from "vitest";
import { keepPerson, keptPerson, type Keeper } from "@/lib/auth/kept-person";

function keeper(): Keeper & { kept: Map<string, string> } {
  const kept = new Map<string, string>();
  return {
    kept,
    localStorage: {
      getItem: (key) => kept.get(key) ?? null,
      setItem: (key, value) => void kept.set(key, value),
      removeItem: (key) => void kept.delete(key),
    },
  };
}

const session = (expiresAt: number) => ({
  session: { expiresAt: new Date(expiresAt).toISOString(), token: "secret" },
  user: { id: "ada", name: "Ada" },
});

it("keeps who is signed in until that runs out or ends, without the token", () => {
  const browser = keeper();
  keepPerson(browser, session(Date.now() + 60_000));
  expect(keptPerson(browser)).toMatchObject({ user: { id: "ada", name: "Ada" } });
  expect([...browser.kept.values()].join()).not.toContain("secret");
  keepPerson(browser, null);
  expect(keptPerson(browser)).toBeNull();
  keepPerson(browser, session(Date.now() - 1));
  expect(keptPerson(browser)).toBeNull();
});

it("is nobody in a browser that keeps nothing, or what cannot be read", () => {
  const refusing = {
    get localStorage(): never {
      throw new Error("refused");
    },
  };
  keepPerson(refusing, session(Date.now() + 60_000));
  expect(keptPerson(refusing)).toBeNull();
  const broken = keeper();
  broken.kept.set("todo-stack.person", "{");
  expect(keptPerson(broken)).toBeNull();
});
