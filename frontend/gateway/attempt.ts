import http, { type ClientRequest, type IncomingMessage } from "node:http";
import https from "node:https";
import { getConfig } from "../lib/config";
import type { HeaderList } from "./headers";
import { KeptConnections } from "./kept-connections";
import { backendReplicas, type Replica } from "./replicas";
import type { Policy } from "./retry-policy";

/**
 * A pod that is going away may swallow the first packet, and a network repeats it only after a second. Another pod is
 * asked soon, as browsers ask another address (RFC 8305, 5). A Service may be far, and a secure connection takes longer.
 */
const POD_TIMEOUT_MS = 200;
const SERVICE_TIMEOUT_MS = 700;
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
 * Every answer of a backend names its pod. Another's, of a gateway that took a packet while the service had no pod,
 * says nothing about the request, which no backend has seen.
 */
const SIGNATURE = "x-served-by";

const KEPT = new KeptConnections();
const NEW = new http.Agent({ keepAlive: false });
const NEW_TLS = new https.Agent({ keepAlive: false });

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

/** A request as it is sent. */
export interface Outgoing {
  method: string;
  /** With the query. */
  path: string;
  /** Whole: with `host`, and `content-length` where there is a body. */
  headers: HeaderList;
  body: Uint8Array | null;
}

/**
 * One try to have a request answered, on as many connections as it takes to have one that lasts.
 *
 * No connection: tried again, whatever the request. A connection that broke: sent again where the policy allows it.
 */
export class Attempt {
  /** Where the request was sent last. */
  replica: Replica | undefined;
  private sending: ClientRequest | undefined;
  private timer: NodeJS.Timeout | undefined;
  private deadline = Date.now() + CONNECT_WITHIN_MS;
  private losses = 0;
  private wasSent = false;
  private isOver = false;

  constructor(
    private readonly request: Outgoing,
    private readonly policy: Policy,
    /** Where the request was sent so far, by this try and others. */
    private readonly tried: Replica[],
    private readonly answered: (answer: IncomingMessage, by: Attempt) => void,
    private readonly failed: (error: BackendUnavailable, of: Attempt) => void,
  ) {}

  /**
   * Sends the request. A kept connection may be closed by the other side in this very moment, and one that hangs
   * would hang again: it is for the first try of what may be sent twice.
   */
  send(mayUseKept: boolean): void {
    const { backendUrl } = getConfig();
    const isSecure = backendUrl.protocol === "https:";
    const replica = (this.replica = backendReplicas().choose(this.tried));
    this.tried.push(replica);
    const { method, path, headers, body } = this.request;
    const sending = (isSecure ? https : http).request({
      host: replica.host,
      port: replica.port,
      method,
      path,
      headers,
      agent: isSecure ? NEW_TLS : mayUseKept ? KEPT : NEW,
      ...(isSecure && { servername: backendUrl.hostname }),
    });
    this.sending = sending;
    this.follow(sending, replica, isSecure);
    sending.end(body ?? undefined);
  }

  /** Ends the try, or the answer that it has had. */
  cancel(): void {
    this.isOver = true;
    clearTimeout(this.timer);
    this.sending?.destroy();
  }

  private follow(sending: ClientRequest, replica: Replica, isSecure: boolean): void {
    let isConnected = false;
    let isAnswered = false;
    let timer: NodeJS.Timeout | undefined;
    if (!this.policy.isIdle) replica.inFlight++;
    sending.once("socket", (socket) => {
      if (sending.reusedSocket) return void (isConnected = true);
      const limit = replica.isService || isSecure ? SERVICE_TIMEOUT_MS : POD_TIMEOUT_MS;
      const giveUp = () =>
        isConnected || sending.destroy(new Error(`no connection within ${limit} ms`));
      // One that was made while this process was busy is told of before `setImmediate`.
      timer = setTimeout(() => setImmediate(giveUp), limit);
      socket.once(isSecure ? "secureConnect" : "connect", () => {
        isConnected = true;
        clearTimeout(timer);
      });
    });
    sending.once("response", (answer) => {
      isAnswered = true;
      if (this.isOver) return void answer.destroy();
      if (SIGNATURE in answer.headers) return this.answered(answer, this);
      answer.destroy();
      const host = `${replica.host}:${replica.port}`;
      this.missed(new Error(`${host} answered ${answer.statusCode}, but is no backend`));
    });
    sending.on("error", (cause) => {
      clearTimeout(timer);
      if (isAnswered || this.isOver) return;
      if (!isConnected) return this.missed(cause);
      this.wasSent = true;
      this.lost(cause, sending.reusedSocket);
    });
    sending.once("close", () => {
      if (!this.policy.isIdle) replica.inFlight--;
      clearTimeout(timer);
    });
  }

  /** No backend was met. */
  private missed(cause: Error): void {
    const replica = this.replica!;
    backendReplicas().shun(replica); // so that the next try is another's
    this.again(replica.isService ? CONNECT_AGAIN_MS : 0, cause);
  }

  /** The connection broke before an answer. One that was kept had often ended before: that is no sign of trouble. */
  private lost(cause: Error, wasKept: boolean): void {
    this.deadline = Date.now() + CONNECT_WITHIN_MS;
    const isRepeatable = this.policy.repeat !== "never";
    this.again(isRepeatable ? (wasKept ? 0 : BACKOFF_MS[this.losses++]) : undefined, cause);
  }

  private again(wait: number | undefined, cause: Error): void {
    if (wait === undefined || Date.now() + wait > this.deadline) {
      this.isOver = true;
      return this.failed(new BackendUnavailable(cause, this.wasSent), this);
    }
    this.timer = setTimeout(() => this.send(false), wait);
  }
}
