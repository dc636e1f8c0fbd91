import { createServer, type RequestListener, type Server } from "node:http";
import { connect } from "node:net";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { listen, portOf, raw as rawTo, startGateway, type Gateway } from "./gateway";
import { NO_DATABASE, start } from "./sign-in";

/** Of what the backend was asked: method, address, headers and body. */
interface Asked {
  line: string;
  headers: Record<string, unknown>;
  body: string;
}

let backend: Server;
let asked: Asked[];
let gateway: Gateway;
let beforeAnswer: () => Promise<void>;

beforeEach(async () => {
  asked = [];
  beforeAnswer = () => Promise.resolve();
  backend = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk) => (body += String(chunk)));
    request.on("end", () => {
      asked.push({ line: `${request.method} ${request.url}`, headers: request.headers, body });
      response.setHeader("x-served-by", "back-1");
      void beforeAnswer().then(() => response.end(`answer to ${request.url}`));
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

const raw = (bytes: string | Buffer) => rawTo(bytes, gateway.server);

const statusesIn = (text: string) =>
  [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status));

const LAST = "connection: close\r\n";
const WHO = "authorization: Bearer x\r\n";
const chunks = (...pieces: string[]) =>
  [...pieces, ""].map((piece) => `${piece.length.toString(16)}\r\n${piece}\r\n`).join("");

/** What each of these must answer; those of 200 reach the backend, or a page, once. */
const ROWS: [what: string, bytes: string | Buffer, statuses: number[]][] = [
  ["CONNECT", "CONNECT other.example:443 HTTP/1.1\r\nhost: other.example:443\r\n\r\n", [405]],
  ["CONNECT of a path", "CONNECT /api/me/tasks HTTP/1.1\r\nhost: x\r\n\r\n", [405]],
  ["TRACE", `TRACE / HTTP/1.1\r\nhost: x\r\n${LAST}\r\n`, [405]],
  ["an unknown method", `BREW / HTTP/1.1\r\nhost: x\r\n${LAST}\r\n`, [400]],
  ["a method in small letters", `get / HTTP/1.1\r\nhost: x\r\n${LAST}\r\n`, [400]],
  ["* of OPTIONS", `OPTIONS * HTTP/1.1\r\nhost: x\r\n${LAST}\r\n`, [400]],
  ["* of GET", `GET * HTTP/1.1\r\nhost: x\r\n${LAST}\r\n`, [400]],
  ["no target", `GET  HTTP/1.1\r\nhost: x\r\n${LAST}\r\n`, [400]],
  ["an address of files", `GET file:///etc/passwd HTTP/1.1\r\nhost: x\r\n${LAST}\r\n`, [400]],
  ["a space in a target", `GET /a b HTTP/1.1\r\nhost: x\r\n${LAST}\r\n`, [400]],
  ["an address in a path", `GET /http://x/api/me/tasks HTTP/1.1\r\nhost: x\r\n${LAST}\r\n`, [200]],
  ["two slashes first", `GET //other.example/path HTTP/1.1\r\nhost: x\r\n${LAST}\r\n`, [200]],
  ["HTTP/0.9", "GET /\r\n\r\n", [400]],
  ["HTTP/1.2", `GET / HTTP/1.2\r\nhost: x\r\n${LAST}\r\n`, [400]],
  ["HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", [400]],
  ["HTTP/9", `GET / HTTP/9.9\r\nhost: x\r\n${LAST}\r\n`, [400]],
  ["HTTP/1.0 without a host", "GET /api/me/tasks HTTP/1.0\r\n\r\n", [200]],
  ["HTTP/1.1 without a host", `GET /api/me/tasks HTTP/1.1\r\n${LAST}\r\n`, [400]],
  ["two hosts", `GET / HTTP/1.1\r\nhost: x\r\nHost: y\r\n${LAST}\r\n`, [400]],
  ["the same host twice", `GET / HTTP/1.1\r\nhost: x\r\nhost: x\r\n${LAST}\r\n`, [400]],
  [
    "two lengths",
    `POST /api/me/tasks HTTP/1.1\r\nhost: x\r\n${WHO}content-length: 2\r\ncontent-length: 3\r\n\r\n{}`,
    [400],
  ],
  [
    "the same length twice",
    `POST /api/me/tasks HTTP/1.1\r\nhost: x\r\n${WHO}content-length: 2\r\ncontent-length: 2\r\n\r\n{}`,
    [400],
  ],
  ...["+2", "-2", "0x2", "2, 2", "2 2", "two", "99999999999999999999999"].map(
    (length): (typeof ROWS)[number] => [
      `a length of ${length}`,
      `POST /api/me/tasks HTTP/1.1\r\nhost: x\r\n${WHO}content-length: ${length}\r\n\r\n{}`,
      [400],
    ],
  ),
  [
    "a length and chunks",
    `POST /api/me/tasks HTTP/1.1\r\nhost: x\r\n${WHO}content-length: 2\r\ntransfer-encoding: chunked\r\n\r\n${chunks("{}")}`,
    [400],
  ],
  ...["gzip, chunked", "chunked, chunked", "chunked, gzip", "x"].map(
    (coding): (typeof ROWS)[number] => [
      `a coding of ${coding}`,
      `POST /api/me/tasks HTTP/1.1\r\nhost: x\r\n${WHO}transfer-encoding: ${coding}\r\n\r\n${chunks("{}")}`,
      [coding.startsWith("chunked") ? 400 : 501],
    ],
  ),
  [
    "chunks of HTTP/1.0",
    `POST /api/me/tasks HTTP/1.0\r\nhost: x\r\n${WHO}transfer-encoding: chunked\r\n\r\n${chunks("{}")}`,
    [400],
  ],
  [
    "chunks in large letters",
    `POST /api/me/tasks HTTP/1.1\r\nhost: x\r\n${WHO}${LAST}transfer-encoding: Chunked\r\n\r\n${chunks("{}")}`,
    [200],
  ],
  [
    "a chunk of no size",
    `POST /api/me/tasks HTTP/1.1\r\nhost: x\r\n${WHO}${LAST}transfer-encoding: chunked\r\n\r\nz\r\n{}\r\n0\r\n\r\n`,
    [400],
  ],
  ["a space in a header's name", `GET / HTTP/1.1\r\nhost: x\r\na b: c\r\n${LAST}\r\n`, [400]],
  ["a space before the colon", `GET / HTTP/1.1\r\nhost: x\r\na : c\r\n${LAST}\r\n`, [400]],
  ["a header without a name", `GET / HTTP/1.1\r\nhost: x\r\n: c\r\n${LAST}\r\n`, [400]],
  [
    "a line of a header that goes on",
    `GET / HTTP/1.1\r\nhost: x\r\na: b\r\n c\r\n${LAST}\r\n`,
    [400],
  ],
  ["NUL in a header", `GET / HTTP/1.1\r\nhost: x\r\na: b\0c\r\n${LAST}\r\n`, [400]],
  ["a line that ends by CR alone", `GET / HTTP/1.1\r\nhost: x\ra: b\r\n${LAST}\r\n`, [400]],
  ["another expectation", `GET / HTTP/1.1\r\nhost: x\r\nexpect: tea\r\n${LAST}\r\n`, [417]],
  [
    "a wish to speak a websocket",
    `GET /api/me/tasks HTTP/1.1\r\nhost: x\r\nconnection: upgrade, close\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n`,
    [200],
  ],
  [
    "a wish to speak HTTP/2",
    `GET /api/me/tasks HTTP/1.1\r\nhost: x\r\nconnection: upgrade, http2-settings, close\r\nupgrade: h2c\r\nhttp2-settings: AAMAAABkAAQAAP__\r\n\r\n`,
    [200],
  ],
];

describe("bytes that are sent to the public address", () => {
  it.each(ROWS)("with %s are answered in words", async (_, bytes, statuses) => {
    const answer = await raw(bytes);
    expect(statusesIn(answer)).toEqual(statuses);
    if (statuses[0] !== 200) expect(answer).toContain("application/problem+json");
    expect(asked.length).toBeLessThanOrEqual(statuses[0] === 200 ? 1 : 0);
    for (const { headers } of asked) expect(Object.keys(headers)).not.toContain("upgrade");
  });

  it("with trailers are read without them", async () => {
    const body = "2\r\n{}\r\n0\r\nauthorization: Bearer evil\r\nx-request-id: evil\r\n\r\n";
    const head = `POST /api/me/tasks HTTP/1.1\r\nhost: x\r\n${WHO}${LAST}transfer-encoding: chunked\r\ntrailer: authorization\r\n\r\n`;
    expect(statusesIn(await raw(head + body))).toEqual([200]);
    expect(asked.map(({ body }) => body)).toEqual(["{}"]);
    expect(JSON.stringify(asked)).not.toContain("evil");
  });

  it.each(["gzip", "br", "deflate, gzip", "GZIP", "none-such"])(
    "packed by %s are refused, before anything unpacks them",
    async (packing) => {
      const bomb = gzipSync(Buffer.alloc(50 * 1024 * 1024));
      for (const path of ["/api/me/tasks", "/api/auth/sign-in/email", "/chatkit", "/mcp"]) {
        const head = `POST ${path} HTTP/1.1\r\nhost: x\r\n${WHO}${LAST}content-encoding: ${packing}\r\ncontent-length: ${bomb.byteLength}\r\n\r\n`;
        const answer = await raw(Buffer.concat([Buffer.from(head), bomb]));
        expect(statusesIn(answer), path).toEqual([415]);
        expect(answer).toContain("without Content-Encoding");
        expect(answer).toContain("accept-encoding: identity");
      }
      expect(asked).toEqual([]);
    },
  );

  it("that say identity are as they are", async () => {
    const head = `POST /api/me/tasks HTTP/1.1\r\nhost: x\r\n${WHO}${LAST}content-encoding: identity\r\ncontent-length: 2\r\n\r\n`;
    expect(statusesIn(await raw(`${head}{}`))).toEqual([200]);
  });
});

describe("many requests at once on a connection", () => {
  const GET = "GET /api/me/tasks HTTP/1.1\r\nhost: x\r\n";
  const many = (count: number) => `${GET}\r\n`.repeat(count - 1) + `${GET}${LAST}\r\n`;

  it.each([
    [1, [200]],
    [33, Array<number>(33).fill(200)],
    [34, [...Array<number>(33).fill(200), 503]],
    [1_000, [...Array<number>(33).fill(200), 503]],
  ])(
    "are answered in their order up to a bound, and one more is told so: %s",
    async (count, statuses) => {
      beforeAnswer = () => new Promise((done) => setTimeout(done, 20));
      const answer = await raw(many(count));
      expect(statusesIn(answer)).toEqual(statuses);
      expect(asked.length).toBe(statuses.filter((status) => status === 200).length);
      if (count > 33) expect(answer).toContain("Wait for some before you send more");
    },
  );

  it("are not read beyond that", async () => {
    let answer = () => undefined as unknown;
    beforeAnswer = () => new Promise<void>((done) => (answer = done));
    const socket = connect(portOf(gateway.server), "127.0.0.1");
    socket.on("error", () => undefined);
    const ended = new Promise((resolve) => socket.once("close", resolve));
    socket.resume();
    const before = process.cpuUsage();
    for (let sent = 0; sent < 64; sent++) socket.write(`${GET}\r\n`.repeat(10_000));
    await vi.waitFor(() => expect(asked.length).toBe(1), 60_000);
    await new Promise((done) => setTimeout(done, 500));
    beforeAnswer = () => Promise.resolve();
    answer();
    await ended;
    expect(asked.length).toBe(33);
    expect(process.cpuUsage(before).user / 1e6).toBeLessThan(10); // before: minutes
  });

  it("end with a CONNECT, after the answers to those before it", async () => {
    const bytes = `${GET}\r\nCONNECT other.example:443 HTTP/1.1\r\nhost: x\r\n\r\n`;
    expect(statusesIn(await raw(bytes))).toEqual([200, 405]);
  }, 10_000);
});

describe("where a request says that it is for", () => {
  /** Pages that redirect as Next does, by the address and the host that they see. */
  const REDIRECTS: RequestListener = (request, response) => {
    const host = request.headers["x-forwarded-host"] ?? request.headers.host;
    response.statusCode = 308;
    const location =
      request.url === "/sign-in/"
        ? `http://${String(host)}/sign-in?x=1#y`
        : request.url!.slice(0, -1);
    response.setHeader("Location", location);
    response.end();
  };
  const locationIn = (text: string) => /\r\nlocation: ([^\r]*)/i.exec(text)?.[1];

  it.each([
    ["GET /sign-in/", "x", "/sign-in?x=1#y"],
    ["GET /sign-in/", "evil.example", "/sign-in?x=1#y"],
    ["GET http://evil.example/sign-in/", "x", "/sign-in?x=1#y"],
    ["GET http://evil.example/other/", "x", "/other"],
    ["GET //evil.example/", "x", "/evil.example"],
    ["GET ///evil.example/", "x", "/evil.example"],
    ["GET http://x//evil.example/", "x", "/evil.example"],
    ["GET /\\evil.example/", "x", "/evil.example"],
  ])("is never where it is redirected to: %s of %s", async (line, host, location) => {
    gateway.stop();
    gateway = await startGateway(REDIRECTS);
    const answer = await raw(
      `${line} HTTP/1.1\r\nhost: ${host}\r\nx-forwarded-host: evil.example\r\nforwarded: host=evil.example\r\n${LAST}\r\n`,
    );
    expect(statusesIn(answer)).toEqual([308]);
    expect(locationIn(answer)).toBe(location);
    expect(answer).not.toContain("//evil");
  });

  it("is what its address says, before what its header does", async () => {
    await raw(`GET http://other.example/api/me/tasks?q=1 HTTP/1.1\r\nhost: x\r\n${LAST}\r\n`);
    expect(asked.map(({ line }) => line)).toEqual(["GET /api/me/tasks?q=1"]);
  });
});

describe("what a request says of the way that it came", () => {
  const SAID = [
    "x-forwarded-for: 6.6.6.6",
    "x-forwarded-host: evil.example",
    "x-forwarded-port: 1",
    "x-real-ip: 6.6.6.6",
    "forwarded: for=6.6.6.6;host=evil.example",
  ].join("\r\n");

  it("reaches neither the backend nor pages", async () => {
    await raw(`GET /api/me/tasks HTTP/1.1\r\nhost: x\r\n${SAID}\r\n${LAST}\r\n`);
    expect(JSON.stringify(asked)).not.toMatch(/6\.6\.6\.6|evil/);
    gateway.stop();
    gateway = await startGateway((request, response) =>
      response.end(JSON.stringify(request.headers)),
    );
    const answer = await raw(`GET / HTTP/1.1\r\nhost: x\r\n${SAID}\r\n${LAST}\r\n`);
    expect(answer).not.toMatch(/6\.6\.6\.6|evil/);
  });

  it.each([
    ["0", "6.6.6.6", "127.0.0.1"],
    ["0", undefined, "127.0.0.1"],
    ["1", undefined, "127.0.0.1"],
    ["1", "6.6.6.6", "6.6.6.6"],
    ["1", "6.6.6.6, 7.7.7.7", "7.7.7.7"],
    ["2", "5.5.5.5, 6.6.6.6, 7.7.7.7", "6.6.6.6"],
    ["2", "6.6.6.6", "6.6.6.6"],
    ["1", "[2001:db8::1]:4711", "2001:db8::1"],
    ["1", "6.6.6.6:4711", "6.6.6.6"],
    ["1", "6.6.6.6, somebody", "127.0.0.1"],
    ["1", "", "127.0.0.1"],
  ])("with %s proxies before us, %s is %s", async (trusted, given, address) => {
    start(NO_DATABASE, { TRUSTED_PROXIES: trusted });
    const { webRequest } = await import("@/gateway/web");
    const answered = new Promise<string | null>((resolve) => {
      gateway.server.removeAllListeners("request");
      gateway.server.on("request", (request, response) => {
        const made = webRequest(request, new URL("http://gateway/"), null);
        response.end();
        resolve(made.headers.get("x-forwarded-for"));
      });
    });
    const said = given === undefined ? "" : `x-forwarded-for: ${given}\r\n`;
    await raw(`GET / HTTP/1.1\r\nhost: x\r\n${said}${LAST}\r\n`);
    expect(await answered).toBe(address);
  });
});
