import http, { type IncomingMessage } from "node:http";
import https from "node:https";
import { hedge, HedgeBudget } from "./hedge";
import { policyFor } from "./retry-policy";

/**
 * A new connection for each request. Kubernetes balances connections, not requests: one that is
 * kept alive would tie this server to a single backend pod, and to a dead one after a roll-out.
 */
const CONNECTION = { keepAlive: false } as const;
const AGENTS = { "http:": new http.Agent(CONNECTION), "https:": new https.Agent(CONNECTION) };

/** A pod that is going away may swallow the first packet; asking again reaches another one. */
const CONNECT_TIMEOUT_MS = 700;
/**
 * The address of a killed pod refuses connections until the service leaves it out, a second or two later. Each try is
 * a new choice among the pods and a refusal costs nothing, so there are many of them, for this long: nodes short of
 * processor time are slower to learn of it.
 */
const CONNECT_AGAIN_MS = 100;
const CONNECT_WITHIN_MS = 5_000;
/** Waits before a request is sent again whose connection broke. */
const BACKOFF_MS = [50, 200, 600];

/**
 * A hung process still accepts connections. Each hedge is a new connection, so it may reach another pod;
 * by the last one readiness has taken the hung pod out of the service.
 */
const HEDGES_AT_MS = [2_000, 4_000, 10_000];
const hedges = new HedgeBudget();
/** What one try is answered while another's process has the request. */
const UNDER_WAY = 409;

/**
 * Every answer of a backend names its pod. Another's, of a gateway that took a packet while the service had no pod,
 * says nothing about the request, which no backend has seen.
 */
const SIGNATURE = "x-served-by";

/** No backend answered; nothing of an answer has reached the caller. */
export class BackendUnavailable extends Error {
  /** `wasSent`: the request reached a backend, which may have done what it asks. */
  constructor(
    override readonly cause: unknown,
    readonly wasSent: boolean,
  ) {
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
 * No connection: tried again, whatever the request. A connection that broke, or no answer on it: sent again
 * as the request's policy allows.
 * @throws BackendUnavailable when no try succeeded, NoAnswer after the policy's limit, AbortError when the signal fired.
 */
export async function askBackend(request: BackendRequest): Promise<IncomingMessage> {
  request.signal.throwIfAborted();
  const { method, url, headers } = request;
  const { repeat, answerWithinMs } = policyFor(method, url.pathname, "idempotency-key" in headers);
  const answer = await hedge((signal) => attempt({ ...request, signal }, repeat !== "never"), {
    signal: request.signal,
    hedgesAtMs: repeat === "hedge" ? HEDGES_AT_MS : [],
    mayHedge: () => hedges.take(),
    isUnderWay: (answer) => answer.statusCode === UNDER_WAY,
    limitMs: answerWithinMs,
    wasRefused: () => hedges.giveBack(),
  });
  hedges.earn();
  return answer;
}

/** One try, on as many connections as it takes to have one that lasts. */
async function attempt(request: BackendRequest, isRepeatable: boolean): Promise<IncomingMessage> {
  let deadline = Date.now() + CONNECT_WITHIN_MS;
  for (let losses = 0; ;) {
    try {
      return await send(request);
    } catch (error) {
      request.signal.throwIfAborted();
      const { connected, cause } = error as SendError;
      let wait: number | undefined = CONNECT_AGAIN_MS;
      if (connected) {
        wait = isRepeatable ? BACKOFF_MS[losses] : undefined;
        losses++;
        deadline = Date.now() + CONNECT_WITHIN_MS;
      }
      if (wait === undefined || Date.now() + wait > deadline) {
        throw new BackendUnavailable(cause, losses > 0);
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
    request.once("response", (answer) => {
      if (SIGNATURE in answer.headers) return resolve(answer);
      answer.destroy();
      reject(
        new SendError(
          false,
          new Error(`${url.host} answered ${answer.statusCode}, but is no backend`),
        ),
      );
    });
    request.on("error", (cause) => {
      clearTimeout(timer);
      reject(new SendError(connected, cause));
    });
    request.end(body);
  });
}
