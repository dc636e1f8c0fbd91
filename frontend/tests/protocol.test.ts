import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { connect, type Socket } from "node:net";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { listen, portOf, startGateway, type Gateway } from "./gateway";
import { NO_DATABASE, start } from "./sign-in";

let backend: Server;
let asked: string[];
let answer: (request: IncomingMessage, response: ServerResponse) => void;
let gateway: Gateway;

beforeEach(async () => {
  asked = [];
  answer = (_, response) => response.end("from the backend");
  backend = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk) => (body += String(chunk)));
    request.on("end", () => {
      asked.push(`${request.method} ${request.url} ${body}`.trim());
      response.setHeader("x-served-by", "back-1");
      answer(request, response);
    });
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

/** A connection on which a test writes bytes, and what came back on it so far. */
class Wire {
  text = "";
  readonly closed: Promise<void>;
  readonly socket: Socket;

  constructor() {
    this.socket = connect(portOf(gateway.server), "127.0.0.1");
    this.socket.on("data", (chunk) => (this.text += chunk.toString("latin1")));
    this.socket.on("error", () => undefined);
    this.closed = new Promise((resolve) => this.socket.once("close", () => resolve()));
  }

  send(bytes: string): this {
    this.socket.write(bytes, "latin1");
    return this;
  }

  /** The status lines that have come. */
  get statuses(): number[] {
    return [...this.text.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status]) => Number(status));
  }

  async answers(count: number): Promise<number[]> {
    await vi.waitFor(() => expect(this.statuses.length).toBeGreaterThanOrEqual(count), 60_000);
    return this.statuses;
  }
}

const HEAD = (target: string, ...headers: string[]) =>
  `${target} HTTP/1.1\r\n${["host: todo.example", ...headers].join("\r\n")}\r\n\r\n`;
/** What comes from nobody has no body that is passed on. */
const TOKEN = "authorization: Bearer x";
const POST = (path: string, ...headers: string[]) => HEAD(`POST ${path}`, TOKEN, ...headers);
const GET = (path: string, ...headers: string[]) => HEAD(`GET ${path}`, TOKEN, ...headers);
const LAST = "connection: close";
const SMUGGLED = GET("/api/smuggled");

/** Asked again on the same connection: it must be read as what it is, after all that came before. */
const AFTER = GET("/api/after", LAST);

const TASKS = "/api/me/tasks";
const SIGN_IN = "/api/auth/sign-in/email";

describe("what could be read in two ways", () => {
  it.each<[string, string[], number?]>([
    ["a length and chunks", ["content-length: 5", "transfer-encoding: chunked"]],
    ["chunks and a length", ["transfer-encoding: chunked", "content-length: 5"]],
    ["a length given twice", ["content-length: 5", "content-length: 6"]],
    ["two lengths in one", ["content-length: 5, 6"]],
    ["a length with a sign", ["content-length: +5"]],
    ["a negative length", ["content-length: -5"]],
    ["a hexadecimal length", ["content-length: 0x5"]],
    ["a length beyond all numbers", ["content-length: 99999999999999999999"]],
    ["chunks before a name's colon", ["transfer-encoding : chunked"]],
    ["chunks that are not last", ["transfer-encoding: chunked, gzip"]],
    ["an unknown coding", ["transfer-encoding: xchunked"], 501],
    ["a vertical tab in the coding", ["transfer-encoding: \x0bchunked"]],
    ["a folded line", ["x: 1", " transfer-encoding: chunked"]],
    ["a bare line feed", ["x: 1\ntransfer-encoding: chunked"]],
    ["a bare carriage return", ["x: 1\rtransfer-encoding: chunked"]],
    ["a NUL", ["x: \0"]],
    ["a name with a space", ["x y: 1"]],
    ["a line without a colon", ["x"]],
    ["two hosts", ["host: elsewhere.example"]],
  ])("is refused in words, and what follows is not read: %s", async (_, headers, status = 400) => {
    for (const path of [TASKS, SIGN_IN, "/"]) {
      const wire = new Wire().send(POST(path, ...headers) + `0\r\n\r\n${SMUGGLED}`);
      await wire.closed;
      // A page takes no POST, whatever it holds.
      expect([path, ...wire.statuses.filter((status) => status !== 405)]).toEqual([path, status]);
      expect(wire.text).toContain("application/problem+json");
    }
    expect(asked).toEqual([]);
  });

  it.each([
    ["no number", "g\r\nhello\r\n0\r\n\r\n"],
    ["a sign", "+5\r\nhello\r\n0\r\n\r\n"],
    ["beyond all numbers", "fffffffffffffffff\r\nhello\r\n0\r\n\r\n"],
    ["more than it says", "2\r\nhello\r\n0\r\n\r\n"],
  ])("is refused in words: a chunk's size that is %s", async (_, chunks) => {
    for (const path of [TASKS, SIGN_IN]) {
      const wire = new Wire().send(POST(path, "transfer-encoding: chunked") + chunks + SMUGGLED);
      await wire.closed;
      expect([path, wire.statuses]).toEqual([path, [400]]);
      expect(wire.text).toContain("application/problem+json");
    }
    expect(asked).toEqual([]);
  });

  it.each([
    ["in chunks", POST(TASKS, "transfer-encoding: chunked") + "2\r\n{}\r\n0\r\nx: trailer\r\n\r\n"],
    ["of a length", POST(TASKS, "content-length: 2") + "{}"],
    ["that a read has", HEAD(`DELETE ${TASKS}`, TOKEN, "content-length: 2") + "{}"],
  ])("is passed on once, under its length: a body %s", async (_, bytes) => {
    let framing: unknown;
    answer = ({ headers }, response) => {
      framing ??= [headers["content-length"], headers["transfer-encoding"]];
      response.end();
    };
    const wire = new Wire().send(bytes + AFTER);
    await wire.closed;
    expect(wire.statuses).toEqual([200, 200]);
    expect(framing).toEqual(["2", undefined]);
    expect(asked).toEqual([expect.stringMatching(/ \{\}$/), "GET /api/after"]);
  });

  it("is not passed on for who says not who they are: the backend refuses them whatever it is", async () => {
    const wire = new Wire().send(HEAD(`POST ${TASKS}`, "content-length: 2") + "{}" + AFTER);
    await wire.closed;
    expect(wire.statuses).toEqual([200, 200]);
    expect(asked).toEqual([`POST ${TASKS}`, "GET /api/after"]);
  });

  it("is none: a write without a body says so", async () => {
    answer = ({ headers }, response) =>
      response.end(`${headers["content-length"]} ${headers["transfer-encoding"]}`);
    for (const method of ["POST", "PUT", "PATCH"])
      expect([method, await (await gateway.call(TASKS, { method })).text()]).toEqual([
        method,
        "0 undefined",
      ]);
    expect(await (await gateway.call(TASKS, { method: "DELETE" })).text()).toBe(
      "undefined undefined",
    );
  });
});

describe("what follows a refusal on its connection is a request of its own", () => {
  const LARGE = "x".repeat(1024 * 1024 + 1);
  const CHUNKED = `100001\r\n${LARGE}\r\n0\r\n\r\n`;
  it.each([
    ["413 by its length", 413, POST(TASKS, `content-length: ${LARGE.length}`) + LARGE],
    ["413 by what came", 413, POST(TASKS, "transfer-encoding: chunked") + CHUNKED],
    ["413 of an account", 413, POST(SIGN_IN, "transfer-encoding: chunked") + CHUNKED],
    ["405 with content", 405, HEAD("DELETE /", `content-length: ${SMUGGLED.length}`) + SMUGGLED],
    ["400 of a page", 400, GET("/", `content-length: ${SMUGGLED.length}`) + SMUGGLED],
    ["405 of TRACE", 405, HEAD("TRACE /")],
    [
      "403 of another site's page",
      403,
      HEAD(
        `POST ${TASKS}`,
        "cookie: todo-stack.session_token=x",
        "origin: http://evil.example",
        `content-length: ${SMUGGLED.length}`,
      ) + SMUGGLED,
    ],
    ["404 of an account", 404, GET("/api/auth/none", "content-length: 2") + "{}"],
  ])("%s", async (_, status, bytes) => {
    const wire = new Wire().send(bytes + AFTER);
    await wire.closed;
    expect(wire.statuses).toEqual([status, 200]);
    expect(asked).toEqual(["GET /api/after"]);
  });

  it("but for one that asked before sending: who does not send it is hung up on", async () => {
    const wire = new Wire().send(POST(TASKS, "expect: 100-continue", "content-length: 2000000"));
    await wire.closed;
    expect(wire.statuses).toEqual([413]);
    expect(wire.text).toMatch(/^connection: close/im);
  });
});

describe("methods and headers", () => {
  it.each([
    ["/", "GET, HEAD, OPTIONS"],
    ["/health/live", "GET, HEAD, OPTIONS"],
    ["/health/ready", "GET, HEAD, OPTIONS"],
    ["/api/auth/sign-in/email", "GET, HEAD, POST, OPTIONS"],
  ])("OPTIONS of %s tells what it takes", async (path, allow) => {
    const told = await gateway.call(path, { method: "OPTIONS" });
    expect([told.status, told.headers.get("allow")]).toEqual([204, allow]);
    const refused = await gateway.call(path, { method: "DELETE" });
    expect([refused.status, refused.headers.get("allow")]).toEqual([405, allow]);
    expect(asked).toEqual([]);
  });

  it.each(["HEAD", "OPTIONS"])("%s of the API is the backend's to answer", async (method) => {
    answer = (request, response) => {
      if (request.method === "HEAD") response.setHeader("content-length", "99");
      response.end();
    };
    const wire = new Wire().send(HEAD(`${method} ${TASKS}`, "accept-encoding: gzip") + AFTER);
    await wire.closed;
    expect(wire.statuses).toEqual([200, 200]);
    expect(asked).toEqual([`${method} ${TASKS}`, "GET /api/after"]);
    expect(/content-length: 99\r\n/i.test(wire.text)).toBe(method === "HEAD");
  });

  it.each([
    ["to WebSocket", ["upgrade: websocket", "connection: upgrade"]],
    ["to HTTP/2", ["upgrade: h2c", "http2-settings: AAMAAABkAAQAAP__", "connection: upgrade"]],
  ])("an upgrade %s is not made: the request is answered", async (_, headers) => {
    answer = (request, response) => response.end(String(request.headers.upgrade));
    for (const path of [TASKS, "/", "/health/live"]) {
      const wire = new Wire().send(GET(path, ...headers));
      expect([path, await wire.answers(1)]).toEqual([path, [200]]);
      wire.socket.destroy();
    }
  });

  it.each([
    ["no host", "GET / HTTP/1.1\r\n\r\n", 400],
    ["an expectation that is none", POST(TASKS, "expect: tea", "content-length: 2", LAST), 417],
    ["the preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400],
    ["a head over the limit", GET("/", `x: ${"y".repeat(17_000)}`), 431],
    ["TLS", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400],
  ])("%s is refused in words", async (_, bytes, status) => {
    const wire = new Wire().send(bytes);
    await wire.closed;
    expect(wire.statuses).toEqual([status]);
    expect(wire.text).toContain("application/problem+json");
    expect(asked).toEqual([]);
  });

  it("of HTTP/1.0 are answered, and hung up on", async () => {
    const wire = new Wire().send(`GET ${TASKS} HTTP/1.0\r\n\r\n`);
    await wire.closed;
    expect(wire.statuses).toEqual([200]);
  });

  it("of any bytes in a value are passed on, or the request is answered in words", async () => {
    const values = ["\x80\xff", "ü".repeat(10), "\t"];
    for (const path of [TASKS, "/api/auth/none"])
      for (const value of values) {
        const wire = new Wire().send(GET(path, `x-any: ${value}`, LAST));
        await wire.closed;
        expect(wire.statuses).toEqual([path === TASKS ? 200 : 404]);
      }
  });
});

describe("requests that come before the answer to the one before them", () => {
  it("are answered in their order, each once the one before it has its answer", async () => {
    const waiting: ServerResponse[] = [];
    answer = (_, response) => waiting.push(response);
    const wire = new Wire().send(
      POST("/api/1", "content-length: 2") + "{}" + GET("/health/live") + GET("/api/3", LAST),
    );
    await vi.waitFor(() => expect(waiting).toHaveLength(1), 60_000);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(asked).toEqual(["POST /api/1 {}"]);
    expect(wire.text).toBe("");
    waiting[0]!.end("first");
    await vi.waitFor(() => expect(waiting).toHaveLength(2), 60_000);
    waiting[1]!.end("third");
    await wire.closed;
    expect(wire.text).toMatch(/first[^]*"status":"ok"[^]*third/);
  });

  it("are not asked when their sender leaves, and nothing of the first is kept", async () => {
    const ended: Promise<unknown>[] = [];
    answer = (request, response) => {
      ended.push(new Promise((resolve) => request.socket.once("close", resolve)));
      response.write("x".repeat(5_000_000));
    };
    const wire = new Wire().send(POST("/api/1") + GET("/api/2") + GET("/api/3"));
    await wire.answers(1);
    wire.socket.destroy();
    await Promise.all(ended);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(asked).toEqual(["POST /api/1"]);
  });

  it("do not answer for it when they are none", async () => {
    let finish = () => undefined as unknown;
    answer = (_, response) => (finish = () => response.end("whole"));
    const wire = new Wire().send(POST("/api/1", "content-length: 2") + "{}" + "no request\r\n\r\n");
    await vi.waitFor(() => expect(asked).toEqual(["POST /api/1 {}"]), 60_000);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(wire.text).toBe("");
    finish();
    await wire.closed;
    expect(wire.statuses).toEqual([200]);
    expect(wire.text).toContain("whole");
  });
});

describe("an answer that breaks off on the way", () => {
  const JSON_ = { "content-type": "application/json", "content-length": "5000000" };
  it.each([
    ["of a length", JSON_, ""],
    ["compressed", JSON_, "gzip"],
    ["in chunks", {}, ""],
    ["of events", { "content-type": "text/event-stream" }, ""],
  ])("is not taken for a whole one: %s", async (_, headers, encoding) => {
    let breakOff = () => {};
    answer = ({ socket }, response) => {
      response.writeHead(200, headers).write("x".repeat(4096));
      breakOff = () => socket.destroy();
    };
    const wire = new Wire().send(GET(TASKS, `accept-encoding: ${encoding || "identity"}`));
    await wire.answers(1);
    breakOff();
    await wire.closed;
    expect(wire.statuses).toEqual([200]);
    expect(wire.text).not.toMatch(/\r\n0\r\n\r\n$/);
  });

  it.each([
    ["that nobody reads", GET(TASKS, "accept-encoding: identity")],
    ["that is compressed", GET(TASKS, "accept-encoding: gzip")],
    ["to a write", POST(TASKS, "content-length: 2") + "{}"],
  ])("when its reader leaves ends at the backend too: one %s", async (_, bytes) => {
    let left: Promise<unknown> | undefined;
    answer = ({ socket }, response) => {
      left = new Promise((resolve) => socket.once("close", resolve));
      response.writeHead(200, JSON_).write("x".repeat(4_000_000));
    };
    const wire = new Wire();
    wire.socket.pause();
    wire.send(bytes);
    await vi.waitFor(() => expect(left).toBeDefined(), 60_000);
    await new Promise((resolve) => setTimeout(resolve, 50));
    wire.socket.destroy();
    await left;
  });
});

it("a body that a read of an account brings plays no part", async () => {
  const answered = await gateway.call("/api/auth/none", { body: "{}" });
  expect(answered.status).toBe(404);
});

it("gzip is not what was refused", async () => {
  answer = (_, response) =>
    response
      .writeHead(200, { "content-type": "application/json", "content-length": "2000" })
      .end("x".repeat(2000));
  const encodings: [string, string | null][] = [
    ["gzip", "gzip"],
    ["br, gzip;q=0.5", "gzip"],
    ["gzip;q=0", null],
    ["gzip; q=0.0, br", null],
    ["x-gzip2", null],
  ];
  for (const [given, expected] of encodings) {
    const answered = await gateway.call(TASKS, { headers: { "accept-encoding": given } });
    expect([given, answered.headers.get("content-encoding")]).toEqual([given, expected]);
    await answered.body?.cancel();
  }
});
