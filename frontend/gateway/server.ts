import {
  createServer,
  STATUS_CODES,
  type RequestListener,
  type Server,
  type ServerResponse,
} from "node:http";
import type { Socket } from "node:net";
import { log } from "../lib/log";
import { problem } from "../lib/problem";
import { requestIdOf } from "../lib/request-id";
import { announcesTooMuch } from "./body";
import { HEADERS_TOO_LARGE, INCOMPLETE, MALFORMED, type Refusal } from "./refusals";

/** How long a request may take to arrive: what it is, and all of it. A connection of a telephone sends 1 MiB in less. */
const LIMITS = {
  headersTimeout: 10_000,
  requestTimeout: 60_000,
  connectionsCheckingInterval: 1_000,
};

/** While leaving, how often it is looked for connections that nobody waits at. */
const LOOK_AGAIN_MS = 100;

/** The server of the public address. What is no request, or never becomes one, is answered in words too. */
export function createPublicServer(listener: RequestListener, limits = LIMITS): Server {
  const server = createServer(limits, listener);
  server.on("checkContinue", (request, response) => {
    if (!announcesTooMuch(request)) response.writeContinue();
    listener(request, response);
  });
  server.on("clientError", (error: NodeJS.ErrnoException, socket: Socket) => {
    if (!socket.writable || error.code === "ECONNRESET" || answerOn(socket)?.headersSent)
      return void socket.destroy();
    void writeRefusal(socket, refusalOf(error.code));
  });
  return server;
}

/** The answer under way on a connection, by Node's own name for it. */
const answerOn = (socket: Socket) => (socket as { _httpMessage?: ServerResponse })._httpMessage;

function refusalOf(code: string | undefined): Refusal {
  if (code === "ERR_HTTP_REQUEST_TIMEOUT") return INCOMPLETE;
  return code === "HPE_HEADER_OVERFLOW" ? HEADERS_TOO_LARGE : MALFORMED;
}

/** Answers what Node could not make a request of, and hangs up. */
async function writeRefusal(socket: Socket, refusal: Refusal): Promise<void> {
  const answer = problem(...refusal, requestIdOf(new Headers()));
  const body = await answer.text();
  const headers = [...answer.headers].map(([name, value]) => `${name}: ${value}\r\n`).join("");
  const length = `content-length: ${Buffer.byteLength(body)}\r\n`;
  const head = `HTTP/1.1 ${answer.status} ${STATUS_CODES[answer.status]}\r\n${headers}${length}`;
  socket.end(`${head}connection: close\r\n\r\n${body}`);
}

/** Has a signal end the process once every request under way has its answer; no new connection is taken meanwhile. */
export function leaveOnSignal(server: Server, exitCodes: Partial<Record<NodeJS.Signals, number>>) {
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  for (const [signal, code] of Object.entries(exitCodes)) {
    process.once(signal, () => {
      log("info", "leaving", { signal });
      server.prependListener("request", hangUpAfterwards);
      server.close(() => process.exit(code));
      const since = Date.now();
      setInterval(() => {
        server.closeIdleConnections();
        const isLate = Date.now() - since > LIMITS.headersTimeout;
        // A server that is closed no longer has Node see to those who never send a request, or half of one.
        for (const socket of sockets)
          if (!answerOn(socket) && (socket.bytesRead === 0 || isLate)) socket.destroy();
      }, LOOK_AGAIN_MS);
    });
  }
}

const hangUpAfterwards: RequestListener = (_, response) => void (response.shouldKeepAlive = false);
