import {
  createServer,
  STATUS_CODES,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from "node:http";
import type { Socket } from "node:net";
import { log } from "../lib/log";
import { problem } from "../lib/problem";
import { requestIdOf } from "../lib/request-id";
import { announcesTooMuch, hasBody } from "./body";
import {
  close,
  ignoreRest,
  isLingering,
  linger,
  LINGER,
  stopLingering,
  type LingerLimits,
} from "./linger";
import {
  HEADERS_TOO_LARGE,
  INCOMPLETE,
  MALFORMED,
  NO_TUNNELS,
  TOO_MANY_AT_ONCE,
  UNEXPECTED,
  type Refusal,
} from "./refusals";

/** How long a request may take to arrive: what it is, and all of it. A connection of a telephone sends 1 MiB in less. */
const LIMITS = {
  headersTimeout: 10_000,
  requestTimeout: 60_000,
  connectionsCheckingInterval: 1_000,
};

/** How long a client may take nothing of an answer that waits for it. One that has nothing to say has all its time. */
const STALLED_MS = 60_000;

/** How many requests of a connection may wait for the answer to the one before them; the next is refused. */
const MAX_WAITING = 32;

/** While leaving, how often it is looked for connections that nobody waits at. */
const LOOK_AGAIN_MS = 100;

/** The server of the public address. What is no request, or never becomes one, is answered in words too. */
export function createPublicServer(
  listener: RequestListener,
  limits = LIMITS,
  stalledMs = STALLED_MS,
  lingerLimits = LINGER,
): Server {
  const serve = inTurn((request, response) => {
    if (hasBody(request)) response.once("finish", () => takeRest(request, lingerLimits));
    listener(request, response);
  });
  // The gateway refuses a request without a host, in words.
  const server = createServer({ ...limits, requireHostHeader: false }, serve);
  server.maxHeadersCount = 0; // else Node drops what is beyond; the gateway counts, and refuses it
  // Node would destroy it at once after its last answer, in the middle of what still comes.
  server.on("connection", (socket: Socket) => {
    socket.destroySoon = () => close(socket, lingerLimits);
  });
  server.setTimeout(stalledMs, (socket: Socket) => {
    if (isLingering(socket)) return;
    if (!answerOn(socket) || socket.writableLength > 0) socket.destroy();
  });
  server.on("checkContinue", (request, response) => {
    if (!announcesTooMuch(request)) response.writeContinue();
    serve(request, response);
  });
  server.on("checkExpectation", ({ socket }) => void writeRefusal(socket, UNEXPECTED));
  // Node lets go of such a connection: what is written on it after this is ours.
  server.on("connect", (_, socket: Socket) => {
    socket.on("error", () => socket.destroy()).resume();
    const refuse = () => void writeRefusal(socket, NO_TUNNELS, { allow: "GET, HEAD, OPTIONS" });
    const answer = answerOn(socket);
    if (answer) answer.once("finish", refuse);
    else refuse();
  });
  server.on("clientError", (error: NodeJS.ErrnoException, socket: Socket) => {
    if (error.code === "ECONNRESET") return void socket.destroy();
    if (!socket.writable) return; // it is being closed
    if (isLingering(socket)) {
      // It has its answer, and a time of its own. What cannot be read is followed by nothing that can.
      if (error.code !== TIMED_OUT) close(socket, lingerLimits);
      return;
    }
    const answer = answerOn(socket);
    if (answer?.req.complete || answer?.writableEnded) return hangUpAfter(answer, socket);
    if (answer?.headersSent) return void socket.destroy();
    void writeRefusal(socket, refusalOf(error.code));
  });
  return server;
}

/**
 * Has the requests of a connection wait for the answer to the one before them. Node begins them all at once, and of
 * those whose turn has not come it does not tell when the connection has ended. One too many is refused when its turn
 * comes, and is the last: what follows it is not read.
 */
function inTurn(listener: RequestListener): RequestListener {
  const waiting = new WeakMap<Socket, number>();
  return (request, response) => {
    if (response.socket) return listener(request, response);
    const { socket } = request;
    const count = waiting.get(socket) ?? 0;
    if (count > MAX_WAITING) return;
    waiting.set(socket, count + 1);
    if (count === MAX_WAITING) {
      ignoreRest(socket);
      response.once("socket", () => void writeRefusal(socket, TOO_MANY_AT_ONCE));
      return;
    }
    response.once("socket", () => {
      waiting.set(socket, waiting.get(socket)! - 1);
      listener(request, response);
    });
  };
}

/** Waits for the rest of a request that has its answer already: only then may the next come, or not. */
function takeRest(request: IncomingMessage, limits: LingerLimits): void {
  const { socket } = request;
  if (request.complete || !socket.writable) return;
  linger(socket, limits);
  request.once("end", () => socket.writable && stopLingering(socket));
}

/** What follows a request is none: that is no reason to keep its answer from who sent it. */
function hangUpAfter(answer: ServerResponse, socket: Socket): void {
  if (!answer.shouldKeepAlive) return;
  answer.shouldKeepAlive = false;
  answer.once("finish", () => socket.destroySoon());
}

/** Node's code for a request that did not come to its end in time. */
const TIMED_OUT = "ERR_HTTP_REQUEST_TIMEOUT";

/** The answer under way on a connection, by Node's own name for it. */
const answerOn = (socket: Socket) => (socket as { _httpMessage?: ServerResponse })._httpMessage;

function refusalOf(code: string | undefined): Refusal {
  if (code === TIMED_OUT) return INCOMPLETE;
  return code === "HPE_HEADER_OVERFLOW" ? HEADERS_TOO_LARGE : MALFORMED;
}

/** Answers what Node could not make a request of, and hangs up. */
async function writeRefusal(
  socket: Socket,
  refusal: Refusal,
  more: Record<string, string> = {},
): Promise<void> {
  const answer = problem(...refusal, requestIdOf(new Headers()), more);
  const body = await answer.text();
  if (answerOn(socket)?.headersSent) return void socket.destroySoon(); // it has its answer by now
  const headers = [...answer.headers].map(([name, value]) => `${name}: ${value}\r\n`).join("");
  const length = `content-length: ${Buffer.byteLength(body)}\r\n`;
  const head = `HTTP/1.1 ${answer.status} ${STATUS_CODES[answer.status]}\r\n${headers}${length}`;
  socket.write(`${head}connection: close\r\n\r\n${body}`);
  socket.destroySoon();
}

/**
 * Has a signal end the process once every request under way has its answer; no new connection is taken meanwhile.
 * `endEndless` ends the answers that would never end by themselves; `finished` waits for what goes on after an answer.
 */
export function leaveOnSignal(
  server: Server,
  exitCodes: Partial<Record<NodeJS.Signals, number>>,
  endEndless: () => void,
  finished: () => Promise<void>,
) {
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  for (const [signal, code] of Object.entries(exitCodes)) {
    process.once(signal, () => {
      log("info", "leaving", { signal });
      server.prependListener("request", hangUpAfterwards);
      server.close(() => void finished().then(() => process.exit(code)));
      const since = Date.now();
      setInterval(() => {
        endEndless();
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
