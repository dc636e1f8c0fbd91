import { NextRequest } from "next/server";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { startDatabase, type TestDatabase } from "./database";
import { startGateway, type Gateway } from "./gateway";
import { call, signUp, start, stop } from "./sign-in";

let database: TestDatabase;
let backend: Server;
let backendUrl: string;
let gateway: Gateway | undefined;

beforeAll(async () => {
  database = await startDatabase();
  backend = createServer((_, response) => {
    const headers = { "x-served-by": "back-1", "cache-control": "public, max-age=60" };
    response.writeHead(200, headers).end("{}");
  });
  await new Promise<void>((resolve) => backend.listen(0, "127.0.0.1", resolve));
  backendUrl = `http://127.0.0.1:${(backend.address() as AddressInfo).port}`;
});
afterAll(async () => {
  backend.close();
  await database.close();
});
beforeEach(() => start(database.url, { BACKEND_URL: backendUrl }));
afterEach(async () => {
  gateway?.stop();
  gateway = undefined;
  await stop();
});

type Headers_ = Record<string, string>;

async function page(path: string, headers: Headers_ = {}): Promise<Response> {
  const { proxy } = await import("@/proxy");
  const host = "todo.example:30080";
  return proxy(new NextRequest(`http://${host}${path}`, { headers: { host, ...headers } }));
}

async function backendCall(path: string, headers: Headers_ = {}): Promise<Response> {
  gateway ??= await startGateway();
  return gateway.call(path, { headers: { host: "todo.example:30080", ...headers } });
}

const COOKIE = { cookie: "todo-stack.session_token=made.up" };
const SECURE = { cookie: "__Host-todo-stack.session_token=made.up" };

describe("answers that are somebody's own", () => {
  it("are kept by nobody on the way", async () => {
    const { cookie } = await signUp();
    const answers: Record<string, Response> = {
      token: await call("/token", undefined, { cookie }),
      session: await call("/get-session", undefined, { cookie }),
      sessions: await call("/list-sessions", undefined, { cookie }),
      refusal: await call("/token"),
      nothing: await call("/verify-password", {}, { cookie }),
      "sign-in": await call("/sign-in/email", { email: "a@example.org", password: "wrong one" }),
      page: await page("/app", COOKIE),
      settings: await page("/settings", COOKIE),
      "way to sign in": await page("/app"),
      tasks: await backendCall("/api/me/tasks", { cookie }),
      "tasks by a token": await backendCall("/api/me/tasks", { authorization: "Bearer a.b.c" }),
      mcp: await backendCall("/mcp", { cookie }),
    };
    for (const [what, answer] of Object.entries(answers))
      expect(answer.headers.get("cache-control"), what).toBe("no-store");
  });

  it("are not the pages that everybody gets: those are kept, and asked for again", async () => {
    for (const path of ["/", "/sign-in", "/sign-up"])
      expect((await page(path)).headers.get("cache-control"), path).toBe(
        "public, max-age=0, must-revalidate",
      );
  });
});

describe("requests that came by https", () => {
  const HSTS = "strict-transport-security";

  it("have browsers stay on it", async () => {
    const https = { "x-forwarded-proto": "https", origin: "https://todo.example:30080" };
    const answers = async (headers: Headers_) => [
      await page("/", headers),
      await page("/app", headers),
      await page("/app", { ...headers, ...SECURE }),
      await call("/token", undefined, headers),
      await backendCall("/api/me/tasks", headers),
    ];
    for (const { headers } of await answers(https))
      expect(headers.get(HSTS)).toBe("max-age=31536000");
    for (const { headers } of await answers({})) expect(headers.get(HSTS)).toBeNull();
  });

  it("are all of them where the site's address says so", async () => {
    start(database.url, { PUBLIC_URL: "https://todo.example", BACKEND_URL: backendUrl });
    expect((await page("/")).headers.get(HSTS)).toBe("max-age=31536000");
    vi.unstubAllEnvs();
    start(database.url, { PUBLIC_URL: "http://todo.example", BACKEND_URL: backendUrl });
    expect((await page("/", { "x-forwarded-proto": "https" })).headers.get(HSTS)).toBeNull();
  });
});
