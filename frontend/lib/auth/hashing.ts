import type { BetterAuthPlugin } from "better-auth";
import { createAuthMiddleware } from "better-auth/api";
import { availableParallelism } from "node:os";
import { isKnownBrowser } from "./device-cookie";
import { isGuarded } from "./endpoints";
import { tooMany } from "./too-many";

/**
 * Hashes run in libuv's pool of four threads: one is left for looking up addresses, without which nobody's request
 * finds the backend. Each may hold a connection to the database, of which two are left.
 */
export const AT_ONCE = Math.min(availableParallelism(), 3);

/** What waits takes about a second on a quiet machine. */
export const MAX_WAITING = 32;
const RETRY_AFTER_SECONDS = 2;

let running = 0;

/** Browsers that have signed in to the account before go first: a flood of sign-ins by others does not keep them out. */
const waiting = { known: [] as (() => void)[], others: [] as (() => void)[] };

/** Requests whose turn it is, until `endTurn`. */
const turns = new WeakSet<Request>();

/** Waits for a request's turn to hash; throws 429 when too many wait already. */
async function takeTurn(request: Request, isKnown: boolean): Promise<void> {
  const queue = isKnown ? waiting.known : waiting.others;
  if (running < AT_ONCE) running++;
  else if (queue.length < MAX_WAITING) await new Promise<void>((next) => queue.push(next));
  else {
    const message = "Too many people are signing in at this moment. Try again in a few seconds.";
    throw tooMany("TOO_BUSY", message, RETRY_AFTER_SECONDS);
  }
  turns.add(request);
}

/** Gives a request's turn to the one that waits longest; nothing when it had none. */
export function endTurn(request: Request): void {
  if (!turns.delete(request)) return;
  const next = waiting.known.shift() ?? waiting.others.shift();
  if (next) next();
  else running--;
}

/**
 * Has requests that hash a password take turns, so that everybody else has a processor, threads and connections. A
 * request waits before Better Auth begins a transaction; the last hook before it, so that what is refused takes no turn.
 */
export function hashing() {
  return {
    id: "hashing",
    hooks: {
      before: [
        {
          matcher: ({ path }) => isGuarded(path ?? ""),
          handler: createAuthMiddleware(async (ctx) => {
            if (ctx.request) await takeTurn(ctx.request, await isKnownBrowser(ctx));
          }),
        },
      ],
    },
  } satisfies BetterAuthPlugin;
}
