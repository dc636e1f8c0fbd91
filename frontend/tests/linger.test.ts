import { EventEmitter } from "node:events";
import { createServer, type Server } from "node:http";
import { connect, type Socket } from "node:net";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { linger, stopLingering, type LingerLimits } from "@/gateway/linger";
import { listen, portOf } from "./gateway";
import { NO_DATABASE, start } from "./sign-in";

let backend: Server;
let server: Server;
/** The server's ends of its connections. */
let taken: Socket[];

const NEVER: LingerLimits = { lookEveryMs: 5, silentLooks: 1e9, looks: 1e9, bytes: 1e12 };

async function serveWith(limits: LingerLimits): Promise<void> {
  const { createPublicServer } = await import("@/gateway/server");
  const { createGateway } = await import("@/gateway/gateway");
  const patient = {
    headersTimeout: 60_000,
    requestTimeout: 120_000,
    connectionsCheckingInterval: 10,
  };
  const page = createGateway((_, response) => response.end("page"));
  server = createPublicServer(page, patient, 60_000, limits);
  server.on("connection", (socket) => taken.push(socket));
  await listen(server);
}

beforeEach(async () => {
  taken = [];
  backend = createServer((request, response) => {
    response.setHeader("x-served-by", "back-1");
    request.resume().on("end", () => response.end("from the backend"));
  });
  start(NO_DATABASE, { BACKEND_URL: `http://127.0.0.1:${await listen(backend)}` });
});

afterEach(() => {
  server.closeAllConnections();
  server.close();
  backend.closeAllConnections();
  backend.close();
  vi.unstubAllEnvs();
});

/** Who sends as browsers do: it looks for what broke on the way, and does not stop because of an answer. */
class Sender {
  private readonly socket: Socket;
  text = "";
  error: Error | undefined;
  hasEnded = false;
  readonly closed: Promise<unknown>;

  constructor() {
    this.socket = connect({ port: portOf(server), host: "127.0.0.1", allowHalfOpen: true });
    this.socket.on("data", (chunk) => (this.text += String(chunk)));
    this.socket.once("end", () => (this.hasEnded = true));
    this.socket.once("error", (error) => (this.error = error));
    this.closed = new Promise((resolve) => this.socket.once("close", resolve));
  }

  get statuses(): number[] {
    return [...this.text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status));
  }

  /** Settles when the bytes have left, or never will. */
  send(bytes: string | Buffer): Promise<void> {
    return new Promise((resolve) => this.socket.write(bytes, () => resolve()));
  }

  leave(): void {
    this.socket.end();
  }

  destroy(): void {
    this.socket.destroy();
  }

  answered(count: number): Promise<void> {
    return vi.waitFor(() => expect(this.statuses).toHaveLength(count), 60_000);
  }
}

const MIB = 1024 * 1024;
/** More than all buffers on the way hold. */
const REST = Buffer.alloc(16 * MIB, "x");
const LENGTH = `content-length: ${2 * MIB + REST.length}\r\n`;
const CHUNKED = "transfer-encoding: chunked\r\n";
const CHUNK = `${(2 * MIB + REST.length).toString(16)}\r\n`;
const CLOSE = "connection: close\r\n";
const WHO = "authorization: Bearer x\r\n";
const ELSEWHERE = "cookie: todo-stack.session_token=x\r\norigin: http://evil.example\r\n";
const TASKS = "POST /api/me/tasks";
const SIGN_IN = "POST /api/auth/sign-in/email";

/** What is answered while it is being sent, each followed by more than 16 MiB that nobody wants. */
const ROWS: [what: string, line: string, headers: string, status: number, staysOpen: boolean][] = [
  ["too much by its length", TASKS, LENGTH, 413, true],
  ["too much by its length, and is the last", TASKS, LENGTH + CLOSE, 413, false],
  ["too much by what came", TASKS, WHO + CHUNKED, 413, true],
  ["too much by what came, and is the last", TASKS, WHO + CHUNKED + CLOSE, 413, false],
  ["too much of nobody", TASKS, CHUNKED + CLOSE, 413, false],
  ["too much for an account", SIGN_IN, CHUNKED, 413, true],
  ["too much for an account, and is the last", SIGN_IN, CHUNKED + CLOSE, 413, false],
  ["too much for a page", "GET /", CHUNKED + CLOSE, 413, false],
  ["what it asked for leave to send", TASKS, `${LENGTH}expect: 100-continue\r\n`, 413, false],
  ["another expectation", TASKS, `${LENGTH}expect: tea\r\n`, 417, false],
  ["content with another method", "DELETE /", CHUNKED, 405, true],
  ["content with another method, and is the last", "DELETE /", CHUNKED + CLOSE, 405, false],
  ["from another site's page", TASKS, ELSEWHERE + CHUNKED + CLOSE, 403, false],
  ["to no address", "POST *", CHUNKED + CLOSE, 400, false],
  ["packed", TASKS, `${CHUNKED}content-encoding: gzip\r\n`, 415, false],
  ["in an unknown coding", TASKS, "transfer-encoding: gzip, chunked\r\n", 501, false],
  ["to a tunnel", "CONNECT x:443", "", 405, false],
  ["what is no HTTP", "hello", "", 400, false],
  ["two lengths", TASKS, LENGTH + LENGTH, 400, false],
  ["a head of 20 KB", TASKS, `${LENGTH}x: ${"y".repeat(20_000)}\r\n`, 431, false],
  ["too many headers", TASKS, LENGTH + CLOSE + "a:\r\n".repeat(2_000), 431, false],
  ["content where it is not looked at", "GET /health/live", CHUNKED, 200, true],
  ["the last where it is not looked at", "GET /health/live", CHUNKED + CLOSE, 200, false],
];

describe("who still sends", () => {
  it.each(ROWS)(
    "%s has its answer, and is not broken off, whatever time it takes",
    async (_, line, headers, status, staysOpen) => {
      await serveWith(NEVER);
      const sender = new Sender();
      const first = headers.includes(CHUNKED) ? CHUNK : "";
      await sender.send(`${line} HTTP/1.1\r\nhost: x\r\n${headers}\r\n${first}`);
      await sender.send(Buffer.alloc(2 * MIB, "x"));
      await sender.answered(1);
      await timePasses();
      for (let sent = 0; sent < REST.length; sent += MIB)
        await sender.send(REST.subarray(sent, sent + MIB));
      await timePasses();
      if (first) await sender.send("\r\n0\r\n\r\n");
      if (staysOpen) {
        await sender.send(`GET /health/live HTTP/1.1\r\nhost: x\r\n${CLOSE}\r\n`);
        await sender.answered(2);
      }
      await vi.waitFor(() => expect(sender.hasEnded).toBe(true), 60_000);
      expect(taken[0]!.bytesRead).toBeGreaterThan(18 * MIB);
      sender.leave();
      await sender.closed;
      expect(sender.error).toBeUndefined();
      expect(sender.statuses).toEqual(staysOpen ? [status, 200] : [status]);
    },
  );

  it("what takes too long has its answer, and is not broken off", async () => {
    await serveWith(NEVER);
    const sender = new Sender();
    await sender.send(`${TASKS} HTTP/1.1\r\nhost: x\r\n${WHO}content-length: ${MIB}\r\n\r\n{`);
    await vi.waitFor(() => expect(taken[0]?.bytesRead).toBeGreaterThan(0), 60_000);
    runOut();
    await sender.answered(1);
    await timePasses();
    for (let sent = 0; sent < MIB - 1; sent += 1024) await sender.send("x".repeat(1024));
    sender.leave();
    await sender.closed;
    expect(sender.error).toBeUndefined();
    expect(sender.statuses).toEqual([408]);
  });

  it("what cannot be read any more after its answer has no second one", async () => {
    await serveWith(NEVER);
    const sender = new Sender();
    await sender.send(`DELETE / HTTP/1.1\r\nhost: x\r\n${CHUNKED}\r\n5\r\nhello`);
    await sender.answered(1);
    await sender.send("no chunk at all");
    await vi.waitFor(() => expect(sender.hasEnded).toBe(true), 60_000);
    await sender.send(REST);
    sender.leave();
    await sender.closed;
    expect(sender.error).toBeUndefined();
    expect(sender.statuses).toEqual([405]);
  });

  it.each<[string, Partial<LingerLimits>, string]>([
    ["a little now and then", { looks: 20 }, CHUNKED],
    ["a little now and then, at last", { looks: 20 }, CHUNKED + CLOSE],
    ["without end", { bytes: 4 * MIB }, CHUNKED],
    ["without end, at last", { bytes: 4 * MIB }, CHUNKED + CLOSE],
    ["nothing", { silentLooks: 5 }, CHUNKED],
    ["nothing, at last", { silentLooks: 5 }, CHUNKED + CLOSE],
  ])("%s is hung up on in the end", async (what, limits, headers) => {
    await serveWith({ ...NEVER, ...limits });
    const sender = new Sender();
    await sender.send(`DELETE / HTTP/1.1\r\nhost: x\r\n${headers}\r\nffffffff\r\n`);
    await sender.answered(1);
    const piece = what.startsWith("without") ? Buffer.alloc(MIB) : "x";
    const sending = what.startsWith("nothing")
      ? undefined
      : setInterval(() => void sender.send(piece), 1);
    const count = () => new Promise((resolve) => server.getConnections((_, n) => resolve(n)));
    await vi.waitFor(async () => expect(await count()).toBe(0), 60_000);
    clearInterval(sending);
    sender.destroy();
    expect(sender.statuses).toEqual([405]);
  });
});

/** All that ends a connection by itself comes: Node's time for an idle one, and that for a whole request. */
async function timePasses(): Promise<void> {
  taken[0]!.emit("timeout");
  runOut();
  // Twice the period in which Node looks for requests that are late.
  for (let looks = 0; looks < 4; looks++) await new Promise((resolve) => setTimeout(resolve, 10));
}

/** The time for a whole request is over. */
function runOut(): void {
  server.headersTimeout = 0; // Node swaps the two where this one is the longer
  server.requestTimeout = 1;
}

describe("a look", () => {
  const LIMITS: LingerLimits = { lookEveryMs: 1_000, silentLooks: 3, looks: 10, bytes: 100 };

  it.each<[string, perSecond: number[], endsAfter: number | null]>([
    ["is patient with silence for a while", [0, 0], null],
    ["ends what is silent", [0, 0, 0], 3],
    ["ends what falls silent", [5, 0, 0, 0], 4],
    ["begins silence anew with each byte", [0, 0, 1, 0, 0, 1, 0, 0, 1], null],
    ["ends what drips", [1, 1, 1, 1, 1, 1, 1, 1, 1, 1], 10],
    ["lets less than enough come", [50, 49], null],
    ["ends what sends enough", [50, 50], 2],
  ])("%s", (_, perSecond, endsAfter) => {
    vi.useFakeTimers();
    const destroy = vi.fn();
    const socket = Object.assign(new EventEmitter(), { bytesRead: 7, destroyed: false, destroy });
    linger(socket as unknown as Socket, LIMITS);
    const ended = perSecond.findIndex((bytes) => {
      socket.bytesRead += bytes;
      vi.advanceTimersByTime(LIMITS.lookEveryMs);
      return destroy.mock.calls.length > 0;
    });
    socket.emit("close");
    expect(vi.getTimerCount()).toBe(0);
    vi.useRealTimers();
    expect(ended).toBe(endsAfter === null ? -1 : endsAfter - 1);
  });

  it("leaves nothing on a connection that goes on", () => {
    const socket = Object.assign(new EventEmitter(), { bytesRead: 0, destroyed: false });
    for (let request = 0; request < 20; request++) {
      linger(socket as unknown as Socket, LIMITS);
      stopLingering(socket as unknown as Socket);
    }
    expect(socket.eventNames()).toEqual([]);
  });
});
