import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { listen, startGateway, type Gateway } from "./gateway";
import { NO_DATABASE, start } from "./sign-in";

const EVENT = "id: 1/5:5:\nevent: open\ndata: {}\n\n";

let server: Server;
let arrived: { request: IncomingMessage; response: ServerResponse }[];
let connections: number;
let answers: boolean;
let gateway: Gateway;
let token: string | null;

beforeEach(async () => {
  arrived = [];
  connections = 0;
  answers = true;
  token = "of.a.session";
  server = createServer((request, response) => {
    response.setHeader("x-served-by", "back-1");
    arrived.push({ request, response });
    if (request.url === "/api/me/tasks") return response.end("{}");
    if (!answers) return;
    response.writeHead(200, { "content-type": "text/event-stream", "x-beat-seconds": "10" });
    response.write(EVENT);
  });
  server.on("connection", () => connections++);
  const port = await listen(server);
  start(NO_DATABASE, { BACKEND_URL: `http://127.0.0.1:${port}` });
  vi.doMock("@/lib/auth/session-token", () => ({ tokenForSession: async () => token }));
  gateway = await startGateway();
});

afterEach(() => {
  vi.useRealTimers();
  vi.doUnmock("@/lib/auth/session-token");
  vi.unstubAllEnvs();
  gateway.stop();
  server.closeAllConnections();
  server.close();
});

const BEARER = { authorization: "Bearer abc" };
const SESSION = { cookie: "todo-stack.session_token=abc" };

const paths = ["/api/me/events", "/api/u-1/events"];

/** Reads what has come so far, which is there. */
async function readOnce(answer: Response): Promise<[string, ReadableStreamDefaultReader]> {
  const reader = answer.body!.getReader();
  const { value } = await reader.read();
  return [new TextDecoder().decode(value), reader];
}

/** Lets time pass for the gateway alone; the sockets follow in real time. */
async function pass(seconds: number): Promise<void> {
  for (let second = 0; second < seconds; second++) {
    await vi.advanceTimersByTimeAsync(1_000);
    await sleep(2);
  }
}

const stopTheClock = () =>
  vi.useFakeTimers({
    toFake: ["Date", "setTimeout", "clearTimeout", "setInterval", "clearInterval"],
  });

describe.each(paths)("the stream of changes at %s", (path) => {
  it("is passed on as it comes, from where its reader was, on a connection of its own", async () => {
    await (await gateway.call("/api/me/tasks", { headers: BEARER })).text();
    const answer = await gateway.call(path, {
      headers: { ...BEARER, "last-event-id": "1/5:5:", "accept-encoding": "gzip" },
    });
    const [text] = await readOnce(answer);
    expect(text).toBe(EVENT);
    expect(connections).toBe(2);
    expect(arrived[1]!.request.headers["last-event-id"]).toBe("1/5:5:");
    expect(answer.headers.get("content-encoding")).toBeNull();
    expect(answer.headers.get("cache-control")).toContain("no-transform");
  });

  it("is asked for once: not again beside a backend that hangs, nor when it breaks", async () => {
    answers = false;
    stopTheClock();
    const hung = gateway.call(path, { headers: BEARER });
    await vi.waitFor(() => expect(arrived).toHaveLength(1), 60_000);
    await pass(12);
    expect((await hung).status).toBe(504);
    expect(arrived).toHaveLength(1);
    const broken = gateway.call(path, { headers: BEARER });
    await vi.waitFor(() => expect(arrived).toHaveLength(2), 60_000);
    arrived[1]!.request.socket.destroy();
    await pass(2);
    expect((await broken).status).toBe(502);
    expect(arrived).toHaveLength(2);
  });

  it("is no work of its replica, which is asked for other things as often as those without", async () => {
    const { backendReplicas } = await import("@/gateway/replicas");
    await readOnce(await gateway.call(path, { headers: BEARER }));
    expect(backendReplicas().choose([]).inFlight).toBe(0);
  });

  it("goes on for as long as the session, and is looked at every 15 seconds", async () => {
    stopTheClock();
    const answer = await gateway.call(path, { headers: SESSION });
    const [, reader] = await readOnce(answer);
    expect(arrived[0]!.request.headers.authorization).toBe("Bearer of.a.session");
    let isOver = false;
    const rest = reader.read().then(({ done }) => (isOver = done));
    for (let beat = 0; beat < 3; beat++) {
      await pass(8);
      arrived[0]!.response.write(":\n\n");
    }
    await vi.waitFor(() => expect(isOver).toBe(false), 60_000);
    await rest;
    token = null;
    await pass(16);
    for (;;) if ((await reader.read()).done) break; // a clean end
    await vi.waitFor(() => expect(arrived[0]!.response.destroyed).toBe(true), 60_000);
  });

  it("ends in order when this process leaves", async () => {
    const { endFeeds } = await import("@/gateway/forward");
    const [, reader] = await readOnce(await gateway.call(path, { headers: BEARER }));
    endFeeds();
    expect((await reader.read()).done).toBe(true);
    await vi.waitFor(() => expect(arrived[0]!.response.destroyed).toBe(true), 60_000);
  });

  it("ends at the backend when its reader goes", async () => {
    const controller = new AbortController();
    await gateway.call(path, { headers: BEARER, signal: controller.signal });
    controller.abort();
    await vi.waitFor(() => expect(arrived[0]!.response.destroyed).toBe(true), 60_000);
  });
});
