import http, { type IncomingMessage } from "node:http";
import https from "node:https";

/**
 * A new connection for each request. Kubernetes balances connections, not requests: one that is
 * kept alive would tie this server to a single backend pod, and to a dead one after a roll-out.
 */
const CONNECTION = { keepAlive: false } as const;
const AGENTS = { "http:": new http.Agent(CONNECTION), "https:": new https.Agent(CONNECTION) };

/** A pod that is going away may swallow the first packet; asking again reaches another one. */
const CONNECT_TIMEOUT_MS = 700;
/** Waits before the second, third and fourth try: with the tries themselves at most about two seconds. */
const BACKOFF_MS = [50, 200, 600];
const BUDGET_MS = 2_000;

const IDEMPOTENT = new Set(["GET", "HEAD"]);

/** No backend answered; nothing of an answer has reached the caller. */
export class BackendUnavailable extends Error {
  constructor(override readonly cause: unknown) {
    super("the backend did not answer");
    this.name = "BackendUnavailable";
  }
}

export interface BackendRequest {
  url: URL;
  method: string;
  headers: Record<string, string>;
  body: Uint8Array | null;
  /** Aborted when the browser has gone: ends the request upstream too. */
  signal: AbortSignal;
}

/**
 * Sends a request and resolves with the answer's head, its body still to be read.
 *
 * Failures before the first byte of an answer are tried again: always when no connection came
 * about, and after that only for requests that may be repeated (GET, HEAD, an Idempotency-Key).
 * @throws BackendUnavailable when no try succeeded, AbortError when the signal fired.
 */
export async function askBackend(request: BackendRequest): Promise<IncomingMessage> {
  const repeatable = IDEMPOTENT.has(request.method) || "idempotency-key" in request.headers;
  const deadline = Date.now() + BUDGET_MS;
  for (let tries = 0; ; tries++) {
    try {
      return await send(request);
    } catch (error) {
      request.signal.throwIfAborted();
      const { connected, cause } = error as SendError;
      const wait = BACKOFF_MS[tries];
      if (wait === undefined || (connected && !repeatable) || Date.now() + wait > deadline) {
        throw new BackendUnavailable(cause);
      }
      await new Promise((resolve) => setTimeout(resolve, wait));
      request.signal.throwIfAborted();
    }
  }
}

class SendError extends Error {
  constructor(
    readonly connected: boolean,
    override readonly cause: unknown,
  ) {
    super("the request could not be sent");
  }
}

function send({ url, method, headers, body, signal }: BackendRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const secure = url.protocol === "https:";
    let connected = false;
    const request = (secure ? https : http).request(url, {
      method,
      headers: body ? { ...headers, "content-length": String(body.byteLength) } : headers,
      agent: secure ? AGENTS["https:"] : AGENTS["http:"],
      signal,
    });
    const timer = setTimeout(
      () => request.destroy(new Error(`no connection within ${CONNECT_TIMEOUT_MS} ms`)),
      CONNECT_TIMEOUT_MS,
    );
    request.once("socket", (socket) => {
      socket.once(secure ? "secureConnect" : "connect", () => {
        connected = true;
        clearTimeout(timer);
      });
    });
    request.once("response", resolve);
    request.once("error", (cause) => {
      clearTimeout(timer);
      reject(new SendError(connected, cause));
    });
    request.end(body);
  });
}
