import http, { type RequestListener, type Server } from "node:http";
import { connect, type AddressInfo } from "node:net";
import { Readable } from "node:stream";

/** A page that says what it was asked for. */
const PAGES: RequestListener = (request, response) =>
  response.end(`page ${request.method} ${request.url}`);

/** Where a server of ours listens. */
export const portOf = (server: Server) => (server.address() as AddressInfo).port;

export async function listen(server: Server, host = "127.0.0.1"): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  return portOf(server);
}

/** All that a server sends to who sends these bytes, until it hangs up. */
export function raw(bytes: string | Buffer, server: Server): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(portOf(server), "127.0.0.1");
    let text = "";
    socket.on("data", (chunk) => (text += String(chunk)));
    socket.once("close", () => resolve(text));
    socket.once("error", reject);
    socket.write(bytes);
  });
}

/** A gateway of this process's settings on a port of its own; modules that were reset before are new ones. */
export async function startGateway(pages = PAGES, hasTools = false): Promise<Gateway> {
  const { createGateway } = await import("@/gateway/gateway");
  const { createPublicServer } = await import("@/gateway/server");
  const server = createPublicServer(createGateway(pages, hasTools));
  await listen(server);
  return new Gateway(server);
}

export interface Init {
  method?: string;
  body?: string | Uint8Array | Readable;
  headers?: Record<string, string | string[]>;
  signal?: AbortSignal;
}

/** The public address, asked as a program asks it: without what `fetch` would add, and by Node's own clock. */
export class Gateway {
  constructor(readonly server: Server) {}

  /** The answer as soon as its head is there. */
  call(path: string, { method = "GET", body, headers = {}, signal }: Init = {}): Promise<Response> {
    const answer = new Promise<Response>((resolve, reject) => {
      const framing: Record<string, string> =
        body instanceof Readable
          ? { "transfer-encoding": "chunked" }
          : body === undefined
            ? {}
            : { "content-length": String(Buffer.byteLength(body)) };
      const options = {
        host: "127.0.0.1",
        port: portOf(this.server),
        path,
        method,
        agent: false as const,
        signal,
      };
      const request = http.request({ ...options, headers: { ...framing, ...headers } });
      request.once("response", (answer) => {
        const found = new Headers();
        for (let at = 0; at < answer.rawHeaders.length; at += 2)
          found.append(answer.rawHeaders[at]!, answer.rawHeaders[at + 1]!);
        const status = answer.statusCode!;
        const isBare = status === 204 || status === 304;
        if (isBare) answer.resume();
        const stream = isBare ? null : (Readable.toWeb(answer) as ReadableStream<Uint8Array>);
        resolve(new Response(stream, { status, headers: found }));
      });
      request.on("error", reject);
      if (body instanceof Readable) body.pipe(request);
      else request.end(body);
    });
    answer.catch(() => undefined); // a test may look at it later, or not
    return answer;
  }

  /** Takes no more; answers that are on their way still arrive. */
  stopWhenIdle(): void {
    this.server.close();
  }

  stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
}
