import {
  createServer,
  get,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from "node:http";
import { PassThrough, Readable } from "node:stream";
import { gunzipSync } from "node:zlib";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { listen, portOf, startGateway, type Gateway, type Init } from "./gateway";
import { NO_DATABASE, start } from "./sign-in";

/** An address of its own: nobody else takes its port while no backend listens there. */
const BACKEND = "127.0.0.3";

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

let server: Server;
let handler: Handler;
let connections: number;
let gateway: Gateway;

beforeEach(async () => {
  connections = 0;
  server = createServer((request, response) => {
    response.setHeader("x-served-by", "back-1");
    handler(request, response);
  });
  server.on("connection", () => connections++);
  await configure(await listen(server, BACKEND));
});

afterEach(() => {
  gateway.stop();
  server.closeAllConnections();
  server.close();
  vi.useRealTimers();
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

async function configure(port: number, pod = "front-1"): Promise<void> {
  start(NO_DATABASE, { BACKEND_URL: `http://${BACKEND}:${port}`, POD_NAME: pod });
  gateway = await startGateway();
}

const call = (path: string, init: Init = {}) => gateway.call(path, init);

/** Time passes only as a test says; sockets go on in real time. */
const stopTheClock = () =>
  vi.useFakeTimers({
    toFake: ["Date", "setTimeout", "clearTimeout", "setInterval", "clearInterval"],
  });

/** The answer on the stopped clock, which goes on no faster than the sockets do: a slow machine changes nothing. */
async function within(milliseconds: number, answer: Promise<Response>): Promise<Response> {
  let isThere = false;
  const there = () => void (isThere = true);
  answer.then(there, there);
  const end = Date.now() + milliseconds;
  while (!isThere) {
    expect(Date.now()).toBeLessThan(end);
    await vi.advanceTimersByTimeAsync(50);
    await sleep(2);
  }
  return answer;
}

describe("proxy", () => {
  it("passes path, query, method, body and a bearer token through untouched", async () => {
    handler = async (request, response) => {
      let body = "";
      for await (const chunk of request) body += String(chunk);
      const { method, url, headers } = request;
      response.end(JSON.stringify({ method, url, body, authorization: headers.authorization }));
    };
    const response = await call("/api/me/tasks/a%2Fb?q=a%20b&q=%C3%BC", {
      method: "PATCH",
      body: '{"title":"ü"}',
      headers: { authorization: "Bearer abc.def" },
    });
    expect(await response.json()).toEqual({
      method: "PATCH",
      url: "/api/me/tasks/a%2Fb?q=a%20b&q=%C3%BC",
      body: '{"title":"ü"}',
      authorization: "Bearer abc.def",
    });
  });

  it("keeps cookies and connection headers on this side", async () => {
    let seen: IncomingMessage["headers"] = {};
    handler = (request, response) => {
      seen = request.headers;
      response.writeHead(200, {
        "set-cookie": "a=b",
        connection: "keep-alive, x-private",
        "x-private": "1",
      });
      response.end("{}");
    };
    const response = await call("/api/me/tasks", {
      headers: {
        cookie: "other=1",
        "x-time-zone": "Asia/Karachi",
        "x-entry-point": "page",
        te: "trailers",
      },
    });
    expect(seen["x-entry-point"]).toBeUndefined(); // which this side tells of sessions
    expect(seen.cookie).toBeUndefined();
    expect(seen.te).toBeUndefined();
    expect(seen["x-time-zone"]).toBe("Asia/Karachi");
    expect(response.headers.get("set-cookie")).toBeNull();
    expect(response.headers.get("x-private")).toBeNull();
    expect(response.headers.get("connection")).not.toContain("x-private");
    expect(response.headers.get("x-served-by")).toBe("back-1");
    expect(response.headers.get("x-frontend-served-by")).toBe("front-1");
  });

  it("passes the request id on, or makes one", async () => {
    handler = (request, response) => response.end(request.headers["x-request-id"]);
    expect(await (await call("/mcp", { headers: { "x-request-id": "id-1" } })).text()).toBe("id-1");
    const made = await call("/mcp");
    expect(made.headers.get("x-request-id")).toBe(await made.text());
  });

  it("keeps a connection for what may be sent twice, for four seconds, and has a new one for all else", async () => {
    handler = (_request, response) => response.end("{}");
    vi.useFakeTimers({ toFake: ["Date"] });
    const ask = async (path = "/api/me/tasks", init: Init = {}) => (await call(path, init)).text();
    for (let count = 0; count < 3; count++) await ask();
    expect(connections).toBe(1);
    vi.setSystemTime(Date.now() + 4_001);
    await ask(); // the last of the old one
    await ask();
    expect(connections).toBe(2);
    await ask("/api/me/tasks", { method: "POST", body: "{}" });
    await ask("/chatkit", { method: "POST", body: "{}", headers: { "idempotency-key": "k" } });
    expect(connections).toBe(4);
  });

  it("sends again at once what a kept connection lost by closing", async () => {
    let requests = 0;
    handler = (request, response) => {
      requests++;
      if (requests === 2) request.socket.destroy();
      else response.end("{}");
    };
    await (await call("/api/me/tasks")).text();
    expect((await call("/api/me/tasks")).status).toBe(200);
    expect([requests, connections]).toEqual([3, 2]);
  });

  it("gives a connection up when the backend says that it leaves", async () => {
    handler = (_request, response) => response.writeHead(200, { connection: "close" }).end("{}");
    for (let count = 0; count < 2; count++) await (await call("/api/me/tasks")).text();
    expect(connections).toBe(2);
  });

  it("compresses text for who takes it, and only what gains by it", async () => {
    const text = JSON.stringify("x".repeat(2000));
    const encoding = async (headers: Record<string, string>, body = text) => {
      handler = (_request, response) => {
        const own = { "content-type": "application/json", "content-length": body.length };
        response.writeHead(200, { ...own, ...headers }).end(body);
      };
      const answer = await call("/api/me/tasks", { headers: { "accept-encoding": "gzip, br" } });
      const bytes = Buffer.from(await answer.arrayBuffer());
      const found = answer.headers.get("content-encoding");
      expect(String(found === "gzip" ? gunzipSync(bytes) : bytes)).toBe(body);
      return found;
    };
    expect(await encoding({})).toBe("gzip");
    expect(await encoding({}, "{}")).toBeNull();
    expect(await encoding({ "content-type": "image/png" })).toBeNull();
    expect(await encoding({ "content-type": "text/event-stream" })).toBeNull();
    expect(await encoding({ "cache-control": "no-transform" })).toBeNull();
    expect((await call("/api/me/tasks")).headers.get("content-encoding")).toBeNull();
  });

  it("streams events as they come", async () => {
    let finish = () => undefined as unknown;
    handler = (_request, response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write("data: 1\n\n");
      finish = () => response.end("data: 2\n\n");
    };
    const response = await call("/chatkit", { method: "POST", body: "{}" });
    expect(response.headers.get("cache-control")).toBe("no-store, no-transform");
    const reader = response.body!.getReader();
    const decoder = new TextDecoder();
    expect(decoder.decode((await reader.read()).value)).toBe("data: 1\n\n");
    finish();
    expect(decoder.decode((await reader.read()).value)).toBe("data: 2\n\n");
    expect((await reader.read()).done).toBe(true);
  });

  it("ends the request upstream when the browser goes, before and during the answer", async () => {
    for (const startAnswer of [false, true]) {
      let resolveArrived: (response: ServerResponse) => void = () => undefined;
      const arrived = new Promise<ServerResponse>((resolve) => (resolveArrived = resolve));
      handler = (_request, response) => {
        if (startAnswer) response.writeHead(200).write("data: 1\n\n");
        resolveArrived(response);
      };
      const browser = new AbortController();
      const answer = call("/chatkit", { method: "POST", body: "{}", signal: browser.signal });
      const upstream = await arrived;
      const closed = new Promise((resolve) => upstream.once("close", resolve));
      if (startAnswer) await (await answer).body!.getReader().read();
      browser.abort();
      await closed;
      if (!startAnswer) await expect(answer).rejects.toThrow("aborted");
    }
  });

  it("breaks off a stream of events that falls silent, but not one that is read slowly", async () => {
    const { stream } = await import("@/gateway/answer");
    const open = () =>
      new Promise<IncomingMessage>((resolve) => {
        get({ host: BACKEND, port: portOf(server) }, resolve).on("error", () => undefined);
      });
    const events = { "content-type": "text/event-stream" };
    stopTheClock();
    for (const [headers, silence] of [
      [{ ...events, "x-beat-seconds": "1" }, 3_000],
      [events, 30_000],
    ] as const) {
      handler = (_request, response) => void response.writeHead(200, headers).write("data: 1\n\n");
      const silent = await open();
      const reader = new PassThrough().resume();
      let broken: Error | undefined;
      silent.once("error", (error) => (broken = error));
      stream(silent, reader, () => reader.destroy());
      await new Promise((resolve) => reader.once("data", resolve));
      await vi.advanceTimersByTimeAsync(silence - 1);
      expect(broken).toBeUndefined();
      await vi.advanceTimersByTimeAsync(1);
      expect(broken?.message).toBe(`silent for ${silence} ms`);
      expect(reader.destroyed).toBe(true);
    }

    handler = (_request, response) => {
      response.writeHead(200, { ...events, "x-beat-seconds": "0.1" });
      response.end("data: 1\n\n".repeat(100_000));
    };
    const message = await open();
    const slow = new PassThrough();
    stream(message, slow, () => slow.destroy());
    while (!message.isPaused()) await sleep(5);
    await vi.advanceTimersByTimeAsync(500);
    let size = 0;
    for await (const part of slow) size += (part as Buffer).byteLength;
    expect(size).toBe(900_000);
  });

  it("breaks the answer off when the backend does", async () => {
    handler = (_request, response) => {
      response.writeHead(200, { "content-length": "100" }).write("half");
      setTimeout(() => response.destroy(), 20);
    };
    await expect((await call("/api/me/tasks")).text()).rejects.toThrow();
  });

  it("repeats what may be repeated when an answer is lost", async () => {
    let tries = 0;
    handler = (request, response) => {
      tries++;
      request.resume();
      if (tries < 3) response.destroy();
      else response.end("ok");
    };
    expect((await call("/api/me/tasks")).status).toBe(200);
    expect(tries).toBe(3);

    const keyed = { method: "POST", body: "{}", headers: { "idempotency-key": "k" } };
    const repeated: [string, string][] = [
      ["POST", "/api/me/tasks"],
      ["POST", "/api/me/tasks/quick-add"],
      ["PUT", "/api/me/tasks/1"],
      ["PATCH", "/api/me/tasks/1"],
      ["PATCH", "/api/me/tasks/1/complete"],
      ["DELETE", "/api/me/tasks/1"],
      ["POST", "/api/me/tasks/1/restore"],
      ["POST", "/api/me/tasks/bulk"],
      ["POST", "/api/me/undo"],
      ["POST", "/api/me/redo"],
      ["POST", "/api/me/chat"],
      ["POST", "/chatkit"],
    ];
    for (const [method, path] of repeated) {
      tries = 0;
      expect((await call(path, { ...keyed, method })).status, path).toBe(200);
      expect(tries, `${method} ${path}`).toBe(3);
    }

    const once: [string, Init][] = [
      ["/api/me/tasks", { method: "POST", body: "{}" }],
      ["/api/me/tasks/1", { method: "PATCH", body: "{}" }],
      ["/api/me/tasks/1/complete", { method: "PATCH" }],
      ["/api/me/tasks/1", { method: "DELETE" }],
      ["/api/me/undo", { method: "POST" }],
      ["/chatkit", { method: "POST", body: "{}" }],
      ["/mcp", keyed], // the backend does not remember keys there
    ];
    for (const [path, init] of once) {
      tries = 0;
      expect((await call(path, init)).status, path).toBe(502);
      expect(tries, path).toBe(1);
    }
  });

  it("answers 502 in the shape of every error when no backend is there", async () => {
    const port = portOf(server);
    await new Promise((resolve) => server.close(resolve));
    stopTheClock();
    const response = await within(6_000, call("/api/me/tasks", { method: "POST", body: "{}" }));
    expect(response.status).toBe(502);
    expect(response.headers.get("content-type")).toBe("application/problem+json");
    const problem = (await response.json()) as {
      status: number;
      request_id: string;
      detail: string;
    };
    expect(problem.status).toBe(502);
    expect(problem.request_id).toBe(response.headers.get("x-request-id"));
    expect(problem.detail).not.toContain(String(port));
    expect(problem.detail).toContain("Try again shortly.");
  });

  it("says of a write that reached a backend and was not answered that it may be done", async () => {
    handler = (request) => request.socket.destroy();
    const response = await call("/mcp", { method: "POST", body: "{}" });
    expect(response.status).toBe(502);
    expect(((await response.json()) as { detail: string }).detail).toContain("may still be done");
  });

  it("waits for a backend that is just coming up, whatever the method", async () => {
    const port = portOf(server);
    await new Promise((resolve) => server.close(resolve));
    handler = (_request, response) => response.end("up");
    stopTheClock();
    const answer = call("/api/me/tasks/1", { method: "PATCH", body: "{}" });
    setTimeout(() => server.listen(port, BACKEND), 150);
    expect(await (await within(3_000, answer)).text()).toBe("up");
  });

  /** Has nobody listen for a while, as at the address of a pod whose process was killed. */
  async function refuseFor(milliseconds: number): Promise<void> {
    const port = portOf(server);
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
    setTimeout(() => server.listen(port, BACKEND), milliseconds);
  }

  it("asks on while a killed pod is still in the service", async () => {
    handler = (_request, response) => response.end("up");
    stopTheClock();
    await refuseFor(4_000);
    const answer = call("/api/me/tasks/1", { method: "PATCH", body: "{}" });
    expect(await (await within(6_000, answer)).text()).toBe("up");
  });

  it("asks on when what answers is no backend, whatever the method", async () => {
    let asked = 0;
    handler = (_request, response) => {
      if (++asked > 2) return response.end("up");
      response.removeHeader("x-served-by");
      response.writeHead(404).end("nothing here");
    };
    stopTheClock();
    const answer = call("/api/me/tasks/1", { method: "PATCH", body: "{}" });
    expect(await (await within(3_000, answer)).text()).toBe("up");
    expect(asked).toBe(3);
  });

  it("does not pass on what another server says at the backend's address", async () => {
    handler = (_request, response) => {
      response.removeHeader("x-served-by");
      response.writeHead(404, { "content-type": "text/html" }).end("<h1>nothing here</h1>");
    };
    const output = vi.spyOn(process.stdout, "write").mockReturnValue(true);
    stopTheClock();
    const response = await within(6_000, call("/api/me/tasks", { method: "POST", body: "{}" }));
    expect(response.status).toBe(502);
    expect(((await response.json()) as { detail: string }).detail).toContain("Try again shortly.");
    const { flushLog } = await import("@/lib/log");
    flushLog();
    expect(JSON.stringify(output.mock.calls)).toContain("answered 404, but is no backend");
  });

  it("asks on as long when the pod is killed late in a request", async () => {
    let killed = false;
    handler = (_request, response) => {
      if (killed) response.end("up");
      else if (connections === 1) setTimeout(() => ((killed = true), void refuseFor(1_000)), 2_200);
    };
    stopTheClock();
    const init = { method: "POST", body: "{}", headers: { "idempotency-key": "k" } };
    expect(await (await within(10_000, call("/chatkit", init))).text()).toBe("up");
  });

  it("passes on an answer without a body, and errors as they are", async () => {
    handler = (request, response) => {
      const status = request.method === "DELETE" ? 204 : 422;
      response.writeHead(status, { "content-type": "application/problem+json" }).end();
    };
    const deleted = await call("/api/me/tasks/1", { method: "DELETE" });
    expect([deleted.status, deleted.body]).toEqual([204, null]);
    expect((await call("/api/me/tasks", { method: "POST", body: "{}" })).status).toBe(422);
  });

  it("refuses a body over 1 MiB, announced or not", async () => {
    handler = (_request, response) => response.end();
    const body = new Uint8Array(1024 * 1024 + 1);
    expect((await call("/api/me/tasks", { method: "POST", body })).status).toBe(413);
    const stream = Readable.from([body.subarray(1), body.subarray(0, 1)]);
    expect((await call("/api/me/tasks", { method: "POST", body: stream })).status).toBe(413);
    expect(connections).toBe(0);
  });

  it("refuses a session's request from another site's page", async () => {
    const cookie = "todo-stack.session_token=abc";
    const foreign: Record<string, string>[] = [
      { origin: "http://evil.example" },
      { origin: "null" },
      { origin: "https://todo.example" },
      { "sec-fetch-site": "cross-site" },
      { "sec-fetch-site": "same-site" },
    ];
    for (const headers of foreign) {
      const response = await call("/api/me/tasks", {
        method: "POST",
        body: "{}",
        headers: { cookie, host: "todo.example", ...headers },
      });
      expect(response.status, JSON.stringify(headers)).toBe(403);
    }
    expect(connections).toBe(0);
  });
});

describe("the access log", () => {
  /** A process of its own: lines of those before it may still be on their way. */
  const POD = "front-2";
  let lines: Record<string, unknown>[];

  beforeEach(async () => {
    gateway.stop();
    await configure(portOf(server), POD);
    lines = [];
    vi.spyOn(process.stdout, "write").mockImplementation((text) => {
      for (const line of String(text).split("\n").filter(Boolean))
        lines.push(JSON.parse(line) as Record<string, unknown>);
      return true;
    });
  });

  const requests = () => lines.filter(({ message, pod }) => message === "request" && pod === POD);
  const written = (count: number) =>
    vi.waitFor(() => expect(requests()).toHaveLength(count), { timeout: 60_000 });

  it("has one line for each request, without its query and under the id of the answer", async () => {
    handler = (_request, response) => {
      response.writeHead(201, { "x-request-id": "id-of-the-backend" }).end("{}");
    };
    const headers = { "x-request-id": "id-1" };
    await (await call("/api/me/tasks?q=private", { method: "POST", body: "{}", headers })).text();
    await written(1);
    expect(requests()[0]).toEqual({
      time: expect.any(String) as string,
      level: "info",
      message: "request",
      pod: POD,
      request_id: "id-of-the-backend",
      method: "POST",
      path: "/api/me/tasks",
      status: 201,
      duration_ms: expect.any(Number) as number,
    });
  });

  it("is written when an answer has ended, however it ended", async () => {
    let end = () => undefined as unknown;
    handler = (_request, response) => {
      response.writeHead(200).write("data: 1\n\n");
      end = () => response.end();
    };
    const whole = await call("/chatkit", { method: "POST", body: "{}" });
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(requests()).toEqual([]);
    end();
    await whole.text();
    await written(1);
    expect(requests()[0]!.duration_ms).toBeGreaterThanOrEqual(50);

    const left = await call("/chatkit", { method: "POST", body: "{}" });
    await left.body!.cancel();
    await written(2);
    expect(requests()[1]).toMatchObject({ status: 200 });

    const browser = new AbortController();
    let asked = () => undefined as unknown;
    const arrived = new Promise<void>((resolve) => (asked = resolve));
    handler = () => asked();
    const impatient = call("/chatkit", { method: "POST", body: "{}", signal: browser.signal });
    await arrived;
    browser.abort();
    await expect(impatient).rejects.toThrow("aborted");
    await written(3);
    expect(requests()[2]).toMatchObject({ path: "/chatkit", status: 499 });

    handler = (_request, response) => response.writeHead(204).end();
    await call("/api/me/tasks/1", { method: "DELETE" });
    await written(4);
    expect(requests()[3]).toMatchObject({ method: "DELETE", status: 204 });
  });

  it("has what no backend answered, too", async () => {
    const port = portOf(server);
    await new Promise((resolve) => server.close(resolve));
    await configure(port, POD);
    const refused = await call("/api/me/tasks");
    const id = refused.headers.get("x-request-id");
    await written(1);
    expect(requests()).toMatchObject([{ request_id: id, status: 502, path: "/api/me/tasks" }]);
    expect(lines.find((line) => line.level === "error")).toMatchObject({ request_id: id });
  });

  it("takes no id that the backend would not take", async () => {
    handler = (request, response) => response.end(request.headers["x-request-id"]);
    for (const id of ["x".repeat(129), "a b", 'a"b']) {
      const used = await (await call("/mcp", { headers: { "x-request-id": id } })).text();
      expect(used).toMatch(/^[0-9a-f-]{36}$/);
    }
  });
});
