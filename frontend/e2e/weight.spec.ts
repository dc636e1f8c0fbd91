import { gzipSync } from "node:zlib";
import { expect, test } from "@playwright/test";
import { newAccount, PAGE } from "./fixtures";

/** How much script a page may begin with, packed by gzip, in kB. What is fetched later, on demand, does not count. */
const BUDGETS = {
  "/": 4,
  "/sign-in": 4,
  "/sign-up": 4,
  "/forgot-password": 4,
  "/reset-password": 4,
  "/app": 226,
  "/settings": 218,
};

test(
  "every page begins with no more script than its budget",
  {
    tag: PAGE,
  },
  async ({ request }) => {
    await request.post("/api/auth/sign-up/email", { data: newAccount() });
    const packed = new Map<string, number>();
    for (const [path, budget] of Object.entries(BUDGETS)) {
      const html = await (await request.get(path)).text();
      // Those that no browser of today runs are left out.
      const scripts = html.matchAll(/<script(?![^>]*\snomodule)[^>]*\ssrc="([^"]+)"/gi);
      const addresses = new Set([...scripts].map(([, address]) => address!));
      expect(addresses.size, path).toBeGreaterThan(0);
      let total = 0;
      for (const address of addresses) {
        if (!packed.has(address)) {
          const script = await request.get(address);
          expect(script.ok(), address).toBe(true);
          packed.set(address, gzipSync(await script.body()).length / 1000);
        }
        total += packed.get(address)!;
      }
      expect(Math.round(total), `kB of script on ${path}`).toBeLessThanOrEqual(budget);
    }
  },
);
