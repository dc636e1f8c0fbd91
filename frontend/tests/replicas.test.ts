import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import { connect } from "node:net";
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { Replicas } from "@/gateway/replicas";
import { portOf, startGateway, type Gateway } from "./gateway";
import { NO_DATABASE, start } from "./sign-in";

const SERVICE = new URL("http://backend:8000");
const PODS = new URL("http://replicas:8000");

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date", "setInterval"] });
});
afterEach(() => {
  vi.useRealTimers();
});

const pass = (milliseconds: number) => vi.advanceTimersByTimeAsync(milliseconds);
const looked = () => new Promise((resolve) => setImmediate(resolve));

/** Replicas whose names are looked up in `dns`, which a test may change, or have fail. */
async function replicas(...hosts: string[]) {
  const dns = { hosts, asked: 0, fails: false };
  const known = new Replicas(SERVICE, PODS, () => {
    dns.asked++;
    return dns.fails ? Promise.reject(new Error("ENOTFOUND")) : Promise.resolve(dns.hosts);
  });
  await looked();
  const next = () => known.choose([]).host;
  return { dns, known, next };
}

describe("the replicas of the backend", () => {
  it("are the Service where nothing else is known", async () => {
    expect(new Replicas(SERVICE, null).choose([]).host).toBe("backend");
    const unknown = new Replicas(SERVICE, PODS, () => new Promise(() => undefined));
    expect(unknown.choose([])).toMatchObject({ host: "backend", port: 8000 });
    const { next } = await replicas();
    expect(next()).toBe("backend");
  });

  it("get their shares in turns, and the one with less to do gets more", async () => {
    const { known } = await replicas("10.0.0.1", "10.0.0.2", "10.0.0.3");
    const counts = new Map<string, number>();
    for (let count = 0; count < 300; count++) {
      const chosen = known.choose([]);
      counts.set(chosen.host, (counts.get(chosen.host) ?? 0) + 1);
    }
    expect([...counts.values()]).toEqual([100, 100, 100]);
    const busy = known.choose([]);
    busy.inFlight = 1;
    for (let count = 0; count < 10; count++) expect(known.choose([])).not.toBe(busy);
  });

  it("are avoided where others are left, and for a while after they failed", async () => {
    const { known, next } = await replicas("10.0.0.1", "10.0.0.2");
    const first = known.choose([]);
    const second = known.choose([first]);
    expect(second).not.toBe(first);
    expect(known.choose([first, second])).toBe(second); // the last one had the least time to answer
    expect(known.choose([second, first, second])).toBe(second);
    expect(known.choose([second, first])).toBe(first);
    known.shun(first);
    for (let count = 0; count < 4; count++) expect(next()).toBe(second.host);
    known.shun(second);
    expect(next()).toBe("backend");
    await pass(4_999);
    expect(next()).toBe("backend");
    await pass(1);
    expect(new Set([next(), next()])).toEqual(new Set(["10.0.0.1", "10.0.0.2"]));
  });

  it("are looked up once a second, also while nobody asks, and come and go with DNS", async () => {
    const { dns, next } = await replicas("10.0.0.1");
    for (let count = 0; count < 50; count++) next();
    expect(dns.asked).toBe(1);
    dns.hosts = ["10.0.0.2"];
    await pass(999);
    expect(next()).toBe("10.0.0.1");
    await pass(1);
    expect(next()).toBe("10.0.0.2");
    expect(dns.asked).toBe(2);
    await pass(60_000);
    expect(dns.asked).toBe(62);
    expect(next()).toBe("10.0.0.2");
  });

  it("are not asked at an address that was not confirmed for five seconds", async () => {
    const { dns, next } = await replicas("10.0.0.1");
    dns.fails = true;
    await pass(4_999);
    expect(next()).toBe("10.0.0.1");
    await pass(2);
    for (let count = 0; count < 50; count++) expect(next()).toBe("backend");
    dns.fails = false;
    await pass(1_000);
    expect(next()).toBe("10.0.0.1");
  });
});

/** An address where nobody takes connections, and no packet is refused: a listener whose queue is full. */
async function swallowConnections(host: string, port: number): Promise<void> {
  const program = `
    const server = require("node:net").createServer();
    server.listen({ host: "${host}", port: ${port}, backlog: 1 }, () => {
      process.send("listening", () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0));
    });`;
  const listener = spawn(process.execPath, ["-e", program], {
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  onTestFinished(() => void listener.kill("SIGKILL"));
  await once(listener, "message");
  const waiting = [1, 2, 3, 4].map(() => connect(port, host).on("error", () => undefined));
  onTestFinished(() => waiting.forEach((socket) => socket.destroy()));
  await Promise.all(waiting.slice(0, 2).map((socket) => once(socket, "connect")));
}

describe("two replicas", () => {
  const servers: Server[] = [];
  let gateway: Gateway;
  let served: Record<string, number>;
  let connections: Record<string, number>;
  /** Where requests came, in turn. */
  let asked: string[];
  /** What the next request gets instead of an answer at once. */
  let next: RequestListener | undefined;

  /** Replicas at two addresses of this machine, as a headless Service would list them. */
  beforeEach(async () => {
    vi.useRealTimers();
    served = {};
    connections = {};
    asked = [];
    next = undefined;
    const serveAt = async (host: string, port: number) => {
      const server = createServer((request, response) => {
        asked.push(host);
        response.setHeader("x-served-by", host);
        const unusual = next;
        next = undefined;
        if (unusual) return unusual(request, response);
        served[host] = (served[host] ?? 0) + 1;
        response.end(host);
      });
      server.on("connection", () => (connections[host] = (connections[host] ?? 0) + 1));
      await new Promise<void>((resolve) => server.listen(port, host, resolve));
      servers.push(server);
      return portOf(server);
    };
    const port = await serveAt("127.0.0.1", 0);
    await serveAt("127.0.0.2", port);
    start(NO_DATABASE, {
      BACKEND_URL: `http://127.0.0.1:${port}`,
      BACKEND_PODS_URL: `http://replicas:${port}`,
    });
    vi.doMock("node:dns/promises", () => ({
      lookup: () => Promise.resolve([{ address: "127.0.0.1" }, { address: "127.0.0.2" }]),
    }));
    gateway = await startGateway();
  });

  afterEach(() => {
    vi.useRealTimers();
    gateway.stop();
    for (const server of servers.splice(0)) {
      server.closeAllConnections();
      server.close();
    }
    vi.doUnmock("node:dns/promises");
    vi.unstubAllEnvs();
  });

  const list = async (count: number, init = {}) => {
    for (let number = 0; number < count; number++) {
      const answer = await gateway.call("/api/me/tasks", init);
      expect(answer.status).toBe(200);
      await answer.text();
    }
  };

  it("share the requests of connections that are kept", async () => {
    vi.useFakeTimers({ toFake: ["Date"] }); // on a slow machine they would grow too old
    await list(21);
    expect(served["127.0.0.1"]).toBeGreaterThanOrEqual(9);
    expect(served["127.0.0.2"]).toBeGreaterThanOrEqual(9);
    expect(connections["127.0.0.1"]! + connections["127.0.0.2"]!).toBeLessThanOrEqual(3);
  });

  it("are one when the other is killed: nothing waits, reads and writes alike", async () => {
    await list(4);
    servers[1]!.closeAllConnections();
    servers[1]!.close();
    const began = Date.now();
    vi.useFakeTimers({ toFake: ["Date"], now: began });
    await list(10);
    await list(10, { method: "POST", body: "{}" });
    expect(Date.now() - began).toBe(0); // on the stopped clock: no wait was asked for
    expect(served["127.0.0.1"]).toBeGreaterThanOrEqual(20);
  });

  it("are one when packets to the other are lost: who asked it waits for a moment, others not at all", async () => {
    await stopTheClock();
    servers[1]!.closeAllConnections();
    await new Promise((resolve) => servers[1]!.close(resolve));
    await swallowConnections("127.0.0.2", portOf(servers[0]!));
    const began = Date.now();
    const answers = [1, 2, 3, 4].map(() => gateway.call("/api/me/tasks", { method: "POST" }));
    await reached(2);
    expect(asked).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(200);
    while (asked.length < 4) {
      await vi.advanceTimersByTimeAsync(1);
      await looked();
    }
    for (const answer of answers) expect(await (await answer).text()).toBe("127.0.0.1");
    await list(10);
    expect(Date.now() - began).toBeLessThan(500); // the network repeats its packet after a second
  });

  const keyed = { method: "POST", body: "{}", headers: { "idempotency-key": "k" } };

  /** Time passes only as a test says, and the replicas are known. */
  async function stopTheClock(): Promise<void> {
    const toFake = ["Date", "setTimeout", "clearTimeout", "setInterval", "clearInterval"] as const;
    vi.useFakeTimers({ toFake: [...toFake] });
    await list(1);
    asked = [];
  }

  /** Waits for the sockets alone: the clock stands still. */
  async function reached(count: number): Promise<void> {
    while (asked.length < count) await looked();
  }

  /** Which of them get requests now. */
  async function used(): Promise<Set<string>> {
    asked = [];
    await list(6);
    return new Set(asked);
  }

  it.each([
    ["a list", "/api/me/tasks", {}],
    ["a turn", "/api/me/chat", keyed],
  ])(
    "are asked in turn for %s, and the one that hung is left out for 5 s",
    async (_, path, init) => {
      await stopTheClock();
      next = () => undefined;
      const answer = gateway.call(path, init);
      await reached(1);
      let free = () => undefined as unknown;
      next = (_, response) => (free = () => response.end());
      const busy = gateway.call("/mcp", { method: "POST", body: "{}" }); // the other has as much to do
      await reached(2);
      await vi.advanceTimersByTimeAsync(2_000);
      const other = await (await answer).text();
      expect(asked[0]).not.toBe(other);
      free();
      await (await busy).text();
      expect(await used()).toEqual(new Set([other]));
      await vi.advanceTimersByTimeAsync(5_000);
      expect((await used()).size).toBe(2);
    },
  );

  it("are both well when the first try is answered while a later one waits", async () => {
    await stopTheClock();
    let answerFirst = () => undefined as unknown;
    next = (_, response) => (answerFirst = () => response.end("first"));
    const answer = gateway.call("/api/me/chat", keyed);
    await reached(1);
    next = () => undefined;
    await vi.advanceTimersByTimeAsync(2_000);
    await reached(2);
    expect(new Set(asked).size).toBe(2);
    answerFirst();
    expect(await (await answer).text()).toBe("first");
    expect((await used()).size).toBe(2);
  });

  it("are asked one after the other when a connection breaks", async () => {
    await stopTheClock();
    for (const path of ["/api/me/chat", "/api/me/tasks"]) {
      asked = [];
      next = (request) => request.socket.destroy();
      const answer = gateway.call(path, keyed);
      await reached(1);
      await list(1); // now it would be the first one's turn
      while (asked.length < 3) {
        await vi.advanceTimersByTimeAsync(50);
        await looked();
      }
      expect((await answer).status).toBe(200);
      expect(asked[2]).not.toBe(asked[0]);
    }
  });

  it("are one for a while after a stream of the other fell silent", async () => {
    await stopTheClock();
    next = (_, response) => {
      response.writeHead(200, { "content-type": "text/event-stream", "x-beat-seconds": "1" });
      response.write(":\n\n");
    };
    const reader = (await gateway.call("/chatkit", keyed)).body!.getReader();
    await reader.read();
    const [silent] = asked;
    const broken = expect(reader.read()).rejects.toThrow();
    await vi.advanceTimersByTimeAsync(3_000);
    await broken;
    expect(await used()).not.toContain(silent);
    await vi.advanceTimersByTimeAsync(5_000);
    expect((await used()).size).toBe(2);
  });
});
