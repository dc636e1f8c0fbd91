import { connect } from "node:net";
import { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { createServer, type RequestListener, type Server } from "node:http";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { LINGER } from "@/gateway/linger";
import { listen, portOf, raw as rawTo, startGateway, type Gateway } from "./gateway";
import { NO_DATABASE, start } from "./sign-in";

let backend: Server;
let asked: string[];
let gateway: Gateway;

beforeEach(async () => {
  asked = [];
  backend = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    request.resume();
    response.setHeader("x-served-by", "back-1");
    response.end("from the backend");
  });
  start(NO_DATABASE, { BACKEND_URL: `http://127.0.0.1:${await listen(backend)}` });
  gateway = await startGateway();
});

afterEach(() => {
  gateway.stop();
  backend.closeAllConnections();
  backend.close();
  vi.unstubAllEnvs();
});

const raw = (bytes: string, server = gateway.server) => rawTo(bytes, server);

const problemIn = (text: string) =>
  JSON.parse(text.slice(text.indexOf("\r\n\r\n") + 4)) as { status: number; detail: string };

const ADDRESSES: [address: string, method: string][] = [
  ["/", "GET"],
  ["/app", "POST"],
  ["/nowhere", "POST"],
  ["/ui-config", "GET"],
  ["/health/live", "POST"],
  ["/api/auth/sign-in/email", "POST"],
  ["/api/auth/get-session", "GET"],
  ["/api/auth/no-such-thing", "POST"],
  ["/api/me/tasks", "POST"],
  ["/api/me/tasks/1", "DELETE"],
  ["/chatkit", "POST"],
  ["/mcp", "POST"],
];

const SIGNED_IN = { cookie: "todo-stack.session_token=any" };

describe("a request of any address", () => {
  it.each(ADDRESSES)("is refused in words when it is over 1 MiB: %s", async (path, method) => {
    const body = Buffer.alloc(1024 * 1024 + 1, "x");
    const refused = await gateway.call(path, { method, body });
    expect(refused.status).toBe(413);
    expect(refused.headers.get("content-type")).toBe("application/problem+json");
    expect(await refused.text()).toContain("at most 1 MiB");
    expect(asked).toEqual([]);
  });

  it("is refused as soon as it is over 1 MiB when it does not say how large it is", async () => {
    for (const [path, method] of ADDRESSES.filter(([path]) => path !== "/health/live")) {
      let made = 0;
      const endless = new Readable({
        read() {
          made += 64 * 1024;
          setImmediate(() => this.push(Buffer.alloc(64 * 1024)));
        },
      });
      endless.on("error", () => undefined);
      const refused = await gateway.call(path, { method, body: endless });
      endless.destroy();
      expect([413, 405], path).toContain(refused.status);
      expect(made, path).toBeLessThan(8 * 1024 * 1024);
      await refused.body?.cancel();
    }
    expect(asked).toEqual([]);
  });

  it("costs no more memory than the bound, however much is sent at once", async () => {
    const body = Buffer.alloc(30 * 1024 * 1024, "x");
    global.gc?.();
    const before = process.memoryUsage().rss;
    const statuses = await Promise.all(
      Array.from({ length: 10 }, async () => {
        const chunks = Readable.from(
          Array.from({ length: 30 }, () => body.subarray(0, 1024 * 1024)),
        );
        const init = { method: "POST", body: chunks };
        return (await gateway.call("/api/auth/sign-in/email", init)).status;
      }),
    );
    expect(statuses).toEqual(Array(10).fill(413));
    expect((process.memoryUsage().rss - before) / 1024 / 1024).toBeLessThan(100);
  });

  it.each([
    ["who names nobody is not kept", ""],
    ["whoever it is from is kept up to 64 MiB of all", "authorization: Bearer x\r\n"],
  ])("of %s, while its end does not come", async (_, who) => {
    const head = `POST /api/me/tasks HTTP/1.1\r\nhost: x\r\n${who}content-length: 1000000\r\n\r\n`;
    const begun = Buffer.concat([Buffer.from(head), Buffer.alloc(990_000, "x")]);
    let refused = 0;
    const sockets = Array.from({ length: 200 }, () => {
      const socket = connect(portOf(gateway.server), "127.0.0.1");
      socket.on("data", (chunk) => (refused += String(chunk).startsWith("HTTP/1.1 503") ? 1 : 0));
      socket.on("error", () => undefined);
      socket.write(begun);
      return socket;
    });
    const arrived = () => sockets.every((socket) => socket.writableLength === 0);
    await vi.waitFor(() => expect(arrived() && refused >= (who ? 130 : 0)).toBe(true), 60_000);
    // What people write goes on meanwhile.
    const headers = { authorization: "Bearer y" };
    const small = await gateway.call("/api/me/tasks", { method: "POST", body: "{}", headers });
    expect(small.status).toBe(200);
    const large = await gateway.call("/api/me/tasks", {
      method: "POST",
      body: "x".repeat(1_000_000),
      headers,
    });
    expect(large.status).toBe(who ? 503 : 200);
    if (who) expect(await large.text()).toContain("Try again in a minute");
    for (const socket of sockets) socket.destroy();
    await vi.waitFor(async () => {
      const body = "x".repeat(1_000_000);
      const again = await gateway.call("/api/me/tasks", { method: "POST", body, headers });
      expect(again.status).toBe(200);
    }, 60_000);
    expect(refused).toBeLessThan(140);
  });

  it("is not sent when the one who asks before is told that it is too large", async () => {
    const head = (size: number) =>
      `POST /api/me/tasks HTTP/1.1\r\nhost: x\r\nexpect: 100-continue\r\ncontent-length: ${size}\r\nconnection: close\r\n\r\n`;
    expect(await raw(head(2 * 1024 * 1024))).toMatch(/^HTTP\/1\.1 413 /);
    expect(await raw(`${head(2)}{}`)).toMatch(/^HTTP\/1\.1 100 Continue[^]*HTTP\/1\.1 200 OK/);
  });

  it.each(["TRACE", "PROPFIND", "PURGE"])("has no %s", async (method) => {
    for (const path of ["/", "/api/me/tasks", "/api/auth/token", "/health/live"]) {
      const refused = await gateway.call(path, { method });
      expect([refused.status, path]).toEqual([405, path]);
      expect(refused.headers.get("allow")).toContain("GET");
      expect(refused.headers.get("content-type")).toBe("application/problem+json");
    }
    expect(asked).toEqual([]);
  });

  it("names an address of this site", async () => {
    for (const target of ["*", "nowhere", "ftp://x/", "http://", "http://[/"]) {
      const method = target === "*" ? "OPTIONS" : "GET";
      const answer = await raw(
        `${method} ${target} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`,
      );
      expect(problemIn(answer).status, target).toBe(400);
    }
    const absolute =
      "GET http://todo.example/api/me/tasks HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
    expect(await raw(absolute)).toMatch(/^HTTP\/1\.1 200 /);
  });

  it("is what its address says, however that is written", async () => {
    const pages = [
      "/api/../ops/mcp",
      "/api/%2e%2e/ops/mcp",
      "/chatkit/",
      "/chatkit2",
      "/mcp/x",
      "//api/me",
    ];
    for (const path of pages)
      expect(
        await raw(`GET ${path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`),
        path,
      ).toContain("page GET");
    expect(asked).toEqual([]);
    await gateway.call("/api/me/%2e%2e/me/tasks?q=..");
    expect(asked).toEqual(["GET /api/me/tasks?q=.."]);
  });

  it("is answered with what browsers are told of the site, whoever answers", async () => {
    const served = [
      "/",
      "/_next/static/x.js",
      "/health/live",
      "/api/me/tasks",
      "/api/auth/none",
      "/no",
    ];
    for (const path of served) {
      const { headers } = await gateway.call(path);
      expect(headers.get("x-content-type-options"), path).toBe("nosniff");
      expect(headers.get("x-frame-options"), path).toBe("DENY");
    }
  });
});

describe("pages", () => {
  it("leave Next's own addresses to it for all methods while it is developed with, and then alone", async () => {
    const post = { method: "POST", body: "{}" };
    expect((await gateway.call("/_next/mcp", post)).status).toBe(405);
    gateway.stop();
    gateway = await startGateway(undefined, true);
    expect(await (await gateway.call("/_next/mcp", post)).text()).toBe("page POST /_next/mcp");
    expect((await gateway.call("/app", post)).status).toBe(405);
  });

  it("are asked for without content", async () => {
    expect(await (await gateway.call("/sign-in?x=1")).text()).toBe("page GET /sign-in?x=1");
    for (const [path, page] of [
      ["/app/tags/home?sort=title", "/app?sort=title"],
      ["/app/tags/%E0%A4%A", "/app"], // no text: the app says so
      ["/app/nowhere/at/all", "/app"],
      ["/app/", "/app/"], // which Next leads to /app
      ["/apple", "/apple"],
    ])
      expect(await (await gateway.call(path!, { headers: SIGNED_IN })).text()).toBe(
        `page GET ${page}`,
      );
    expect((await gateway.call("/", { body: "{}" })).status).toBe(400);
    expect((await gateway.call("/", { method: "POST", body: "{}" })).status).toBe(405);
  });

  it.each([
    ["/app", "/app"],
    ["/app/today", "/app"],
    ["/app/tags/a%2Fb", "/app"],
    ["/settings", "/settings"],
  ])(
    "are not fetched ahead by who may not see them, who is led to sign in and back: %s",
    async (path, name) => {
      const ahead = { "next-router-prefetch": "1", "next-router-segment-prefetch": "/_tree" };
      const refused = await gateway.call(`${path}?_rsc=1`, { headers: ahead });
      expect(refused.status).toBe(204);
      expect(refused.headers.get("cache-control")).toBe("no-store");
      const led = await gateway.call(`${path}?sort=title&_rsc=1`);
      expect(led.status).toBe(307);
      expect(led.headers.get("cache-control")).toBe("no-store");
      const [page, link] = led.headers.get("location")!.split("#");
      expect(page).toBe("/sign-in");
      expect(new URLSearchParams(link).get("from")).toBe(`${path}?sort=title`);
      for (const headers of [SIGNED_IN, { ...ahead, ...SIGNED_IN }])
        expect(await (await gateway.call(`${path}?_rsc=1`, { headers })).text()).toBe(
          `page GET ${name}?_rsc=1`,
        );
      const open = await gateway.call("/sign-in?_rsc=1", { headers: ahead });
      expect(await open.text()).toBe("page GET /sign-in?_rsc=1");
    },
  );

  it("may fail without taking the process along, and others' answers", async () => {
    gateway.stop();
    const broken: RequestListener = () => Promise.reject(new Error("no such page"));
    gateway = await startGateway(broken);
    expect((await gateway.call("/")).status).toBe(500);
    expect((await gateway.call("/health/live")).status).toBe(200);
  });
});

describe("a connection", () => {
  const startWithin = async (
    limits: { headersTimeout: number; requestTimeout: number },
    stalledMs?: number,
  ) => {
    const { createPublicServer } = await import("@/gateway/server");
    const { createGateway } = await import("@/gateway/gateway");
    const all = { ...limits, connectionsCheckingInterval: 50 };
    const server = createPublicServer(
      createGateway(() => undefined),
      all,
      stalledMs,
      { ...LINGER, lookEveryMs: 20 },
    );
    await listen(server);
    return server;
  };

  it.each([
    ["half a head", "POST /api/me/tasks HTTP/1.1\r\nhost: x\r\n"],
    ["half a body", "POST /api/me/tasks HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{"],
    [
      "half a body of a sign-in",
      "POST /api/auth/sign-in/email HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\n{",
    ],
    [
      "half a chunk",
      "POST /chatkit HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n5\r\n{",
    ],
  ])("with %s is hung up on in words", async (_, bytes) => {
    const server = await startWithin({ headersTimeout: 200, requestTimeout: 300 });
    expect(problemIn(await raw(bytes, server)).status).toBe(408);
    expect(asked).toEqual([]);
    server.close();
  });

  it("has 10 seconds to go on sending after its answer, two minutes and 256 MiB in all", () => {
    const { lookEveryMs, silentLooks, looks, bytes } = LINGER;
    expect([lookEveryMs * silentLooks, lookEveryMs * looks]).toEqual([10_000, 120_000]);
    expect(bytes).toBe(256 * 1024 * 1024);
  });

  it("has 10 seconds for a head, and a minute for the whole", () => {
    const { headersTimeout, requestTimeout } = gateway.server;
    expect([headersTimeout, requestTimeout]).toEqual([10_000, 60_000]);
  });

  describe("that takes nothing of its answer", () => {
    const patient = { headersTimeout: 10_000, requestTimeout: 60_000 };
    const ask = (server: Server) => {
      const socket = connect(portOf(server), "127.0.0.1");
      socket.on("error", () => undefined);
      socket.write("GET /api/me/tasks HTTP/1.1\r\nhost: x\r\n\r\n");
      return socket;
    };
    const answerWith = (serve: RequestListener) => {
      backend.removeAllListeners("request");
      backend.on("request", (request, response) => {
        response.setHeader("x-served-by", "back-1");
        serve(request, response);
      });
    };

    it.each([
      ["at once", 0],
      ["late", 1_000],
    ])("is ended after a while, and with it the answer, which comes %s", async (_, afterMs) => {
      const server = await startWithin(patient, 300);
      const ended = new Promise<void>((resolve) =>
        answerWith((_, response) => {
          response.once("close", resolve);
          setTimeout(() => response.end(Buffer.alloc(64 * 1024 * 1024)), afterMs);
        }),
      );
      const socket = ask(server);
      await ended;
      const left = () => new Promise((resolve) => server.getConnections((_, n) => resolve(n)));
      await vi.waitFor(async () => expect(await left()).toBe(0), 60_000);
      socket.destroy();
      server.close();
    });

    it("has as long as it wants where the answer has nothing to say", async () => {
      const server = await startWithin(patient, 100);
      answerWith((_, response) => {
        response.writeHead(200, { "content-type": "text/event-stream" }).write(": here\n\n");
        setTimeout(() => response.end(": and there\n\n"), 1_000);
      });
      const socket = ask(server);
      let said = "";
      for await (const chunk of socket) {
        said += String(chunk);
        if (said.includes("and there")) break;
      }
      expect(said).toContain("and there");
      server.close();
    });

    it("has as long as it wants while it takes a little now and then", async () => {
      const size = 32 * 1024 * 1024;
      const server = await startWithin(patient, 1_000);
      answerWith((_, response) => response.end(Buffer.alloc(size)));
      const socket = ask(server);
      let taken = 0;
      socket.on("data", (chunk) => {
        taken += chunk.byteLength;
        if (taken < size / 2 && taken % 1_048_576 > 900_000) {
          socket.pause();
          setTimeout(() => socket.resume(), 20);
        }
      });
      await vi.waitFor(() => expect(taken).toBeGreaterThanOrEqual(size), 60_000);
      socket.destroy();
      server.close();
    }, 120_000);
  });

  it.each([
    ["2,000 headers", 1_999, 200],
    ["more", 2_000, 431],
    ["as many as fit", 3_900, 431],
  ])("may send %s", async (_, count, status) => {
    const head = `GET /api/me/tasks HTTP/1.1\r\nhost: x\r\n${"a:\r\n".repeat(count - 1)}connection: close\r\n\r\n`;
    const answer = await raw(head);
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    if (status === 431) expect(problemIn(answer).detail).toContain("at most 2000 headers");
    expect(asked).toHaveLength(status === 200 ? 1 : 0);
  });

  it("may take a minute to take something of its answer", () => {
    expect(gateway.server.timeout).toBe(60_000);
  });

  it.each([
    ["what is no HTTP", "hello\r\n\r\n", 400],
    [
      "two lengths",
      "GET / HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n",
      400,
    ],
    ["a head of 20 KB", `GET / HTTP/1.1\r\nhost: x\r\nx: ${"y".repeat(20_000)}\r\n\r\n`, 431],
  ])("is told in words that it sent %s", async (_, bytes, status) => {
    const answer = await raw(bytes);
    expect(answer).toContain("application/problem+json");
    expect(problemIn(answer).status).toBe(status);
  });

  it.each([
    ["what is no HTTP", "hello\r\n\r\n"],
    ["half a head", "GET / HTTP/1.1\r\n"],
    ["half a body", "POST /chatkit HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\n{"],
    ["nothing at all", ""],
    ["an expectation", "GET / HTTP/1.1\r\nhost: x\r\nexpect: tea\r\n\r\n"],
  ])("with %s ends, also where the other side keeps it open", async (_, bytes) => {
    const server = await startWithin({ headersTimeout: 200, requestTimeout: 300 });
    const socket = connect({ port: portOf(server), host: "127.0.0.1", allowHalfOpen: true });
    socket.resume().write(bytes);
    const count = () => new Promise((resolve) => server.getConnections((_, n) => resolve(n)));
    await new Promise((resolve) => socket.once("end", resolve));
    await vi.waitFor(async () => expect(await count()).toBe(0), 60_000);
    socket.destroy();
    server.close();
  });

  it("is let go once its answer is whole when the server leaves, which waits for what goes on after it", async () => {
    const { leaveOnSignal } = await import("@/gateway/server");
    const exit = vi.spyOn(process, "exit").mockImplementation(() => undefined as never);
    let send = () => undefined as unknown;
    const sent = new Promise<void>((resolve) => (send = resolve));
    const finished = vi.fn(() => sent);
    leaveOnSignal(gateway.server, { SIGUSR2: 143 }, () => undefined, finished);
    backend.removeAllListeners("request");
    let finish = () => undefined as unknown;
    backend.on("request", (_, response) => {
      response.setHeader("x-served-by", "back-1");
      response.write("half ");
      finish = () => response.end("whole");
    });
    const idle = connect(portOf(gateway.server), "127.0.0.1");
    const hungUp = new Promise((resolve) => idle.once("close", resolve));
    const answer = await gateway.call("/api/me/tasks");
    process.emit("SIGUSR2");
    await sleep(150);
    expect(exit).not.toHaveBeenCalled();
    finish();
    expect(await answer.text()).toBe("half whole");
    await hungUp;
    expect(idle.bytesRead).toBe(0);
    await vi.waitFor(() => expect(finished).toHaveBeenCalled(), { timeout: 60_000 });
    expect(exit).not.toHaveBeenCalled();
    send();
    await vi.waitFor(() => expect(exit).toHaveBeenCalledExactlyOnceWith(143), { timeout: 60_000 });
    exit.mockRestore();
  });
});
