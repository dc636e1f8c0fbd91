import { Serwist } from "serwist";
import { APP, pageOf } from "../lib/auth/private-pages";
import { soon } from "../lib/offline/soon";

/** What scripts/build-worker.mjs writes before this. */
declare const BUILD: { name: string; files: string[] };

/** What the browser gives a worker of an event, as far as it is used here. */
interface WorkerEvent extends Event {
  waitUntil: (done: Promise<unknown>) => void;
  preloadResponse?: Promise<Response | undefined>;
}

/** What the app opens with offline. Not `APP` itself: what is kept goes before the network, and pages come from there. */
const SHELL = `${APP}?shell`;
const FILE_PATH = "/_next/static/";

const CACHES = "todo-stack-";
/** Pages of the build before this one may be open still, and ask for parts of theirs. */
const KEPT_BUILDS = 2;

const serwist = new Serwist({
  precacheEntries: [
    { url: SHELL, revision: BUILD.name },
    ...BUILD.files.map((file) => ({ url: FILE_PATH + file, revision: null })),
  ],
  precacheOptions: {
    cacheName: CACHES + BUILD.name,
    plugins: [{ cacheWillUpdate: async ({ response }) => (isWhole(response) ? response : null) }],
  },
  skipWaiting: true,
  clientsClaim: true,
  navigationPreload: true,
  runtimeCaching: [
    {
      matcher: ({ request, url }) => request.mode === "navigate" && pageOf(url.pathname) === APP,
      handler: ({ request, event }) => page(request, event as unknown as WorkerEvent),
    },
    {
      matcher: ({ sameOrigin, url }) => sameOrigin && url.pathname.startsWith(FILE_PATH),
      handler: async ({ request }) => (await caches.match(request)) ?? fetch(request),
    },
  ],
});

/** Whether this is what was asked for, and not the way to sign in: a build is kept as a whole, or not at all. */
const isWhole = ({ ok, redirected }: Response) => ok && !redirected;

/** The page as the site has it; the one that was kept where it cannot be reached, or does not answer soon. */
async function page(request: Request, { preloadResponse }: WorkerEvent): Promise<Response> {
  const asked = async () => (await preloadResponse) ?? fetch(request);
  const answered = asked().catch(() => null);
  const answer = await soon(answered);
  const isThere = answer !== null && ![502, 503, 504].includes(answer.status);
  if (isThere) return answer;
  return (await serwist.matchPrecache(SHELL)) ?? (await answered) ?? Response.error();
}

async function dropOldBuilds(): Promise<void> {
  const names = (await caches.keys()).filter((name) => name.startsWith(CACHES)); // in the order of their making
  await Promise.all(names.slice(0, -KEPT_BUILDS).map((name) => caches.delete(name)));
}

self.addEventListener("activate", (event) => (event as WorkerEvent).waitUntil(dropOldBuilds()));
serwist.addEventListeners();
