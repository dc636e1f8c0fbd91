import type { IncomingMessage, ServerResponse } from "node:http";
import { sessionCookie } from "../lib/auth/cookie";
import { accountsFailed } from "../lib/auth/failure";
import { tokenForSession } from "../lib/auth/session-token";
import { httpsOnly, keepPrivate, stayOnHttps } from "../lib/caching";
import { getConfig } from "../lib/config";
import { log } from "../lib/log";
import { isCrossSite } from "../lib/origin";
import { problem } from "../lib/problem";
import { requestIdOf } from "../lib/request-id";
import { FellSilent, pass, send } from "./answer";
import type { BackendUnavailable } from "./attempt";
import { BodyRefused, dropBody, hasBody, readBody } from "./body";
import { Exchange, NoAnswer } from "./exchange";
import { headersForBackend, headersForBrowser, isEventStream, RequestHeaders } from "./headers";
import { isFeed, policyFor } from "./retry-policy";

/** What proxies write into their logs for a request whose sender left; nobody gets it as an answer. */
const CLIENT_CLOSED_REQUEST = 499;

/** How often it is looked whether the session still lives with which a feed was begun. */
const SESSION_CHECK_MS = 15_000;

/** What ends each of the feeds that are passed on: left alone they go on for an hour. */
const feeds = new Set<() => void>();

/** Ends the feeds, so that their readers ask elsewhere. */
export function endFeeds(): void {
  for (const end of feeds) end();
}

/** Without a body, these say that it is empty. */
const HAS_LENGTH = new Set(["POST", "PUT", "PATCH"]);

/**
 * Passes a request to the backend under the same path and streams the answer back.
 *
 * A bearer token goes through untouched. Without one, the session cookie becomes the user's
 * short-lived token here on the server; the browser never holds a token, the backend never sees a cookie.
 * Each request has a line in the log once its answer has ended.
 */
export function forward(
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
): void | Promise<void> {
  return new Forwarding(request, response, url).start();
}

class Forwarding {
  private readonly began = performance.now();
  private readonly headers: RequestHeaders;
  private readonly requestId: string;
  private exchange: Exchange | undefined;
  private isLogged = false;

  constructor(
    private readonly request: IncomingMessage,
    private readonly response: ServerResponse,
    private readonly url: URL,
  ) {
    this.headers = new RequestHeaders(request.headers);
    this.requestId = requestIdOf(this.headers);
  }

  /** A promise where something has to be waited for before the backend is asked. */
  start(): void | Promise<void> {
    this.response.once("close", () => this.left());
    const { authorization } = this.request.headers;
    if (authorization || !sessionCookie(this.headers)) return this.receive(authorization);
    if (isCrossSite(this.request.method ?? "", this.headers))
      return this.refuse(403, "Forbidden", "This request comes from a page of another site.");
    return tokenForSession(this.headers).then(
      (token) => this.receive(token ? `Bearer ${token}` : undefined),
      async (error: unknown) =>
        this.answer(await accountsFailed("a session could not be checked", error, this.requestId)),
    );
  }

  /** Takes what the request holds. */
  private receive(authorization: string | undefined): void | Promise<void> {
    if (!hasBody(this.request)) return this.ask(authorization, null);
    // The backend refuses who does not say who they are, whatever they bring.
    return (authorization ? readBody : dropBody)(this.request).then(
      (body) => this.ask(authorization, body),
      (error: unknown) => {
        if (error instanceof BodyRefused) this.refuse(...error.refusal);
      },
    );
  }

  private ask(authorization: string | undefined, body: Buffer | null): void {
    if (this.response.destroyed) return;
    const { method = "GET", headers: given } = this.request;
    const { pathname, search } = this.url;
    const headers = headersForBackend(given);
    headers.push("host", getConfig().backendUrl.host, "x-request-id", this.requestId);
    if (authorization) headers.push("authorization", authorization);
    if (authorization && !given.authorization) headers.push("x-entry-point", "page");
    if (body || HAS_LENGTH.has(method))
      headers.push("content-length", String(body?.byteLength ?? 0));
    this.exchange = new Exchange(
      { method, path: pathname + search, headers, body },
      policyFor(method, pathname, "idempotency-key" in given),
      (answer) => this.pass(answer),
      (error) => this.unanswered(error),
    );
  }

  private pass(answer: IncomingMessage): void {
    const status = answer.statusCode ?? 502;
    const id = answer.headers["x-request-id"];
    const headers = headersForBrowser(answer);
    headers.push("x-frontend-served-by", getConfig().podName);
    if (!id) headers.push("x-request-id", this.requestId);
    const https = httpsOnly(this.headers);
    if (https) headers.push("strict-transport-security", https);
    answer.once("error", (error) => {
      if (error instanceof FellSilent) this.exchange?.distrust();
    });
    answer.once("close", () => this.ended(status, id ? String(id) : this.requestId));
    const end = pass(this.request, answer, this.response, headers);
    if (isFeed(this.url.pathname) && isEventStream(answer)) this.hold(end);
  }

  /** Keeps watch over a feed: it ends with the session, and when this process leaves. */
  private hold(endFeed: () => void): void {
    const end = () => {
      clearInterval(watch);
      if (feeds.delete(end)) endFeed();
    };
    const check = () =>
      tokenForSession(this.headers).then(
        (token) => token || end(),
        () => undefined, // the database is away: as long as nobody knows, it goes on
      );
    const watch = this.request.headers.authorization
      ? undefined
      : setInterval(() => void check(), SESSION_CHECK_MS);
    feeds.add(end);
    this.response.once("close", () => {
      clearInterval(watch);
      feeds.delete(end);
    });
  }

  private unanswered(error: BackendUnavailable | NoAnswer): void {
    const { requestId } = this;
    const isRead = this.request.method === "GET" || this.request.method === "HEAD";
    const whatNow = (mayBeDone: boolean) =>
      mayBeDone && !isRead
        ? "What was asked may still be done: look before you try again."
        : "Try again shortly.";
    if (error instanceof NoAnswer) {
      log("error", "the backend took too long", { request_id: requestId, error: error.message });
      const seconds = error.afterMs / 1000;
      const detail = `The task service did not answer within ${seconds} seconds. ${whatNow(true)}`;
      return this.refuse(504, "Gateway Timeout", detail);
    }
    log("error", "no backend answered", { request_id: requestId, error: String(error.cause) });
    const detail = `The task service is not reachable at the moment. ${whatNow(error.wasSent)}`;
    this.refuse(502, "Bad Gateway", detail);
  }

  private refuse(status: number, title: string, detail: string): void {
    this.answer(problem(status, title, detail, this.requestId));
  }

  private answer(answer: Response): void {
    answer.headers.set("x-frontend-served-by", getConfig().podName);
    keepPrivate(answer.headers);
    stayOnHttps(this.headers, answer.headers);
    this.ended(answer.status, this.requestId);
    void send(this.response, answer);
  }

  /** The answer has gone out whole, or the browser has. */
  private left(): void {
    if (this.response.writableFinished) return;
    this.exchange?.cancel();
    if (!this.response.headersSent) this.ended(CLIENT_CLOSED_REQUEST, this.requestId);
  }

  private ended(status: number, id: string): void {
    if (this.isLogged) return;
    this.isLogged = true;
    log("info", "request", {
      request_id: id,
      method: this.request.method,
      path: this.url.pathname,
      status,
      duration_ms: Math.round((performance.now() - this.began) * 100) / 100,
    });
  }
}
