import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { setImmediate as turn } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { HedgeBudget } from "@/gateway/hedge-budget";
import { listen, startGateway, type Gateway, type Init } from "./gateway";
import { NO_DATABASE, start } from "./sign-in";

interface Arrived {
  request: IncomingMessage;
  response: ServerResponse;
  /** Whether the proxy has closed the connection before an answer. */
  isDropped: () => boolean;
}

/** A backend whose processes hang: it takes every request and answers when a test says so. */
let server: Server;
let arrived: Arrived[];
let wake: () => void;
let gateway: Gateway;

beforeEach(async () => {
  arrived = [];
  wake = () => undefined;
  server = createServer((request, response) => {
    response.setHeader("x-served-by", "back-1");
    let dropped = false;
    response.once("close", () => (dropped = !response.writableEnded));
    arrived.push({ request, response, isDropped: () => dropped });
    wake();
  });
  const port = await listen(server);
  start(NO_DATABASE, { BACKEND_URL: `http://127.0.0.1:${port}` });
  gateway = await startGateway();
  // The proxy's own clock; sockets go on in real time.
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
  gateway.stop();
  server.closeAllConnections();
  server.close();
});

const call = (path: string, init: Init = {}) => gateway.call(path, init);

/** The nth request, as soon as the backend has it. */
async function arrival(number: number): Promise<Arrived> {
  while (arrived.length < number) await new Promise<void>((resolve) => (wake = resolve));
  return arrived[number - 1]!;
}

/** Lets the sockets do what they have to: turns of the event loop, however long each takes. */
async function settle(): Promise<void> {
  for (let turns = 0; turns < 50; turns++) await turn();
}

/** Lets `seconds` pass for the proxy, and the sockets follow. */
async function pass(seconds: number): Promise<void> {
  await vi.advanceTimersByTimeAsync(seconds * 1000);
  await settle();
}

const dropped = () => arrived.map(({ isDropped }) => isDropped());

const underWay = { "x-problem-code": "request_under_way" };

const keyed = { method: "POST", body: '{"title":"x"}', headers: { "idempotency-key": "k" } };

describe("a backend that hangs", () => {
  it.each([
    ["a list", "/api/me/tasks?limit=50", {}],
    ["a new task with a key", "/api/me/tasks", keyed],
    ["a quick-add with a key", "/api/me/tasks/quick-add", keyed],
    ["a replacement with a key", "/api/me/tasks/1", { ...keyed, method: "PUT" }],
    ["a change with a key", "/api/me/tasks/1", { ...keyed, method: "PATCH" }],
    ["a toggle with a key", "/api/me/tasks/1/complete", { ...keyed, method: "PATCH" }],
    ["a deletion with a key", "/api/me/tasks/1", { ...keyed, method: "DELETE" }],
    ["a restored task with a key", "/api/me/tasks/1/restore", keyed],
    ["an import with a key", "/api/me/import", keyed],
    ["a turn with a key", "/api/me/chat", keyed],
    ["a streamed turn with a key", "/chatkit", keyed],
  ])("does not hold up %s: it is asked again on a new connection", async (_, path, init) => {
    const answer = call(path, init);
    const first = await arrival(1);
    await pass(1.9);
    expect(arrived).toHaveLength(1);
    await pass(0.1);
    const second = await arrival(2);
    expect(second.request.socket.remotePort).not.toBe(first.request.socket.remotePort);
    const sent = ({ request }: Arrived) => ({ ...request.headers, connection: null });
    expect(sent(second)).toEqual(sent(first));
    second.response.end("from the living");
    expect(await (await answer).text()).toBe("from the living");
    await pass(0);
    expect(dropped()).toEqual([true, false]);
  });

  it("has at most three tries open, the first among them", async () => {
    const answer = call("/api/me/tasks");
    await arrival(1);
    await pass(4);
    await arrival(3);
    await pass(5.9);
    expect(arrived).toHaveLength(3);
    await pass(0.1);
    const last = await arrival(4);
    expect(dropped()).toEqual([false, true, false, false]);
    last.response.end("here");
    expect(await (await answer).text()).toBe("here");
    await pass(0);
    expect(dropped()).toEqual([true, true, true, false]);
  });

  it("has a turn taken over whenever that happens: another is asked every 3 s", async () => {
    const answer = call("/api/me/chat", keyed);
    await arrival(1);
    for (const [index, seconds] of [2, 2, 6, 3, 3].entries()) {
      await pass(seconds);
      (await arrival(index + 2)).response.writeHead(409, underWay).end(); // it lives
      await settle();
    }
    await pass(2.9);
    expect(arrived).toHaveLength(6);
    await pass(0.1);
    (await arrival(7)).response.end("taken over");
    expect(await (await answer).text()).toBe("taken over");
  });

  it("keeps the tries that it has when none of them answers, and does not ask for a list for ever", async () => {
    const turn = call("/api/me/chat", keyed);
    await arrival(1);
    await pass(10);
    await arrival(4);
    expect(dropped()).toEqual([false, true, false, false]);
    await pass(60);
    expect(dropped()).toEqual([false, true, false, false]);
    arrived[2]!.response.end("taken over");
    expect(await (await turn).text()).toBe("taken over");
    const list = call("/api/me/tasks");
    await arrival(5);
    await pass(10);
    await arrival(8);
    await pass(15);
    expect(arrived).toHaveLength(8);
    arrived[7]!.response.end("here");
    expect(await (await list).text()).toBe("here");
  });

  it("gets what may not be repeated exactly once, and the person an answer in words", async () => {
    const requests: [string, Init, number][] = [
      ["/api/me/tasks", { method: "POST", body: "{}" }, 30],
      ["/api/me/tasks/1", { method: "PUT", body: "{}" }, 30],
      ["/api/me/tasks/1", { method: "PATCH", body: "{}" }, 30],
      ["/api/me/tasks/1/complete", { method: "PATCH" }, 30],
      ["/api/me/tasks/1", { method: "DELETE" }, 30],
      ["/api/me/tasks/1/restore", { method: "POST" }, 30],
      ["/api/me/tasksandmore", keyed, 240],
      ["/api/me/chat", { method: "POST", body: "{}" }, 240],
      ["/chatkit", { method: "POST", body: "{}" }, 240],
      ["/mcp", keyed, 240],
    ];
    const answers = requests.map(([path, init]) => call(path, init));
    await arrival(requests.length);
    await pass(29.9);
    expect(arrived).toHaveLength(requests.length);
    expect(dropped()).not.toContain(true);
    await pass(240);
    for (const [index, [path, { method }, seconds]] of requests.entries()) {
      const response = await answers[index]!;
      expect(response.status, `${method} ${path}`).toBe(504);
      expect(response.headers.get("content-type")).toBe("application/problem+json");
      const { detail } = (await response.json()) as { detail: string };
      expect(detail).toContain(`within ${seconds} seconds`);
      expect(detail).toContain("may still be done");
    }
    expect(arrived).toHaveLength(requests.length);
    expect(dropped()).not.toContain(false);
  });

  it("leaves nothing open when the browser goes", async () => {
    const browser = new AbortController();
    const answer = call("/api/me/tasks", { signal: browser.signal });
    await arrival(1);
    await pass(2);
    await arrival(2);
    browser.abort();
    await expect(answer).rejects.toThrow("aborted");
    await settle();
    await pass(20);
    expect(dropped()).toEqual([true, true]);
  });
});

describe("a backend that is slow but alive", () => {
  it("is heard, however late it answers within the limit", async () => {
    const answer = call("/api/me/tasks");
    const first = await arrival(1);
    await pass(25);
    first.response.end("slow");
    expect(await (await answer).text()).toBe("slow");
  });

  it("is still ended by the browser after it began to answer", async () => {
    const browser = new AbortController();
    const answer = call("/api/me/tasks", { signal: browser.signal });
    const first = await arrival(1);
    await pass(2);
    first.response.writeHead(200).write("a part");
    const reader = (await answer).body!.getReader();
    await reader.read();
    browser.abort();
    await expect(reader.read()).rejects.toThrow();
    await pass(0);
    expect(dropped()).toEqual([true, true]);
  });

  it("may lose one of two tries while the other goes on", async () => {
    const answer = call("/api/me/tasks");
    const first = await arrival(1);
    await pass(2);
    const second = await arrival(2);
    first.response.destroy();
    await settle();
    second.response.end("second");
    expect(await (await answer).text()).toBe("second");
  });

  it("is waited for when it still has the turn that another was asked for, at no cost", async () => {
    for (let turns = 1; turns <= 3; turns++) {
      const before = arrived.length;
      const answer = call("/api/me/chat", keyed);
      const first = await arrival(before + 1);
      for (const [index, seconds] of [2, 2, 6, 3, 3, 3].entries()) {
        await pass(seconds);
        const hedge = await arrival(before + 2 + index);
        hedge.response.writeHead(409, underWay).end();
        await settle();
      }
      first.response.end("slow");
      expect(await (await answer).text()).toBe("slow");
      expect(arrived).toHaveLength(before + 7);
    }
  });

  it("may have taken over: what the first is told then is not heard", async () => {
    const answer = call("/api/me/chat", keyed);
    const first = await arrival(1);
    await pass(2);
    const second = await arrival(2);
    second.response.end("from the second");
    expect(await (await answer).text()).toBe("from the second");
    first.response.writeHead(409, underWay).end();
    await settle();
  });

  it("may be what the second try reached: the first is sent again and told that it is under way", async () => {
    const answer = call("/api/me/chat", keyed);
    (await arrival(1)).response.destroy();
    await settle();
    await pass(0.05);
    const again = await arrival(2);
    await pass(1.95);
    const hedge = await arrival(3);
    again.response.writeHead(409, underWay).end();
    await settle();
    hedge.response.end("from the second");
    expect(await (await answer).text()).toBe("from the second");
  });

  it.each([
    ["request_under_way", "from the other"],
    ["turn_lost", "from the other"],
    ["conversation_busy", "refused"],
  ])("is asked by a try that is told %s: the answer is %s", async (code, text) => {
    const answer = call("/api/me/chat", keyed);
    const first = await arrival(1);
    await pass(2);
    const second = await arrival(2);
    first.response.writeHead(409, { "x-problem-code": code }).end("refused");
    await settle();
    if (text !== "refused") second.response.end("from the other");
    expect(await (await answer).text()).toBe(text);
  });

  it("is what the last try says when all the others came to nothing", async () => {
    const answer = call("/api/me/chat", keyed);
    for (const [index, seconds] of [0.05, 0.2, 0.6].entries()) {
      (await arrival(index + 1)).response.destroy();
      await settle();
      await pass(seconds);
    }
    const last = await arrival(4);
    await pass(1.15);
    const hedge = await arrival(5);
    last.response.destroy();
    await settle();
    hedge.response.writeHead(409, underWay).end();
    expect((await answer).status).toBe(409);
  });

  it("is not asked for more when it has too much to do", () => {
    const budget = new HedgeBudget(2, 0.1);
    expect([budget.take(), budget.take(), budget.take()]).toEqual([true, true, false]);
    for (let answers = 0; answers < 11; answers++) budget.earn();
    expect([budget.take(), budget.take()]).toEqual([true, false]);
    for (let answers = 0; answers < 1_000; answers++) budget.earn();
    expect([budget.take(), budget.take(), budget.take()]).toEqual([true, true, false]);
    budget.giveBack();
    expect([budget.take(), budget.take()]).toEqual([true, false]);
  });
});
