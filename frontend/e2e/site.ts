import {
  createServer,
  request as ask,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";

/** What of a build a page asks for. */
const FILES = "/_next/static/";
/** The comment that ends the page of a new build. */
export const NEW = "new";

/** The site at an address of its own, at which it can be away, keep silent, or have a new build. */
export class Site {
  state: "old" | "new" | "away" | "silent" = "old";
  /** The paths of the files that the new build has; all else of the old one is gone then. */
  readonly files = new Set<string>();
  private unanswered: (() => void)[] = [];
  private readonly server = createServer((request, response) => this.answer(request, response));

  private constructor(private readonly baseURL: string) {}

  static async open(baseURL: string): Promise<Site> {
    const site = new Site(baseURL);
    await new Promise<void>((listening) => site.server.listen(0, "localhost", listening));
    return site;
  }

  get origin(): string {
    return `http://localhost:${(this.server.address() as AddressInfo).port}`;
  }

  /** Answers what it kept silent about. */
  answerAtLast(): void {
    this.state = "old";
    for (const answer of this.unanswered.splice(0)) answer();
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  private answer(request: IncomingMessage, response: ServerResponse): void {
    const path = request.url!;
    if (this.state === "away") return void request.socket.destroy();
    if (this.state === "silent")
      return void this.unanswered.push(() => this.answer(request, response));
    const isNew = this.state === "new";
    if (isNew && path.startsWith(FILES) && !this.files.has(path))
      return void response.writeHead(404).end();
    const headers: IncomingHttpHeaders = { ...request.headers, "accept-encoding": "identity" };
    for (const name of ["if-none-match", "if-modified-since"]) delete headers[name];
    const forwarded = ask(new URL(path, this.baseURL), { method: request.method, headers });
    forwarded.on("error", () => request.socket.destroy());
    forwarded.on("response", (answer: IncomingMessage) => {
      const isPage = path.startsWith("/app");
      if (isNew && (isPage || path === "/sw.js")) return void this.answerAnew(answer, response);
      response.writeHead(answer.statusCode!, answer.headers);
      answer.pipe(response);
    });
    request.pipe(forwarded);
  }

  /** Answers with the page or the worker of the new build. */
  private async answerAnew(answer: IncomingMessage, response: ServerResponse): Promise<void> {
    const parts = await answer.toArray();
    const text = Buffer.concat(parts as Buffer[]).toString();
    const files = [...this.files]
      .filter((path) => path.startsWith(FILES))
      .map((path) => path.slice(FILES.length));
    const build = `const BUILD = ${JSON.stringify({ name: "new", files })};`;
    const headers = { ...answer.headers };
    delete headers["content-length"];
    delete headers["etag"];
    response.writeHead(answer.statusCode!, headers);
    response.end(
      text.startsWith("const BUILD") ? text.replace(/^.*$/m, build) : `${text}<!--${NEW}-->`,
    );
  }
}
