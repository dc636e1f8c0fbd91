import { Agent } from "node:http";
import type { Duplex } from "node:stream";

/**
 * How old a connection may be when it is used again. Behind one address there may be several processes (a Service,
 * a load balancer, workers of one port), and what is in front of them chooses with each new connection. It is also
 * how long one stays that leads to a pod which the others no longer count on. uvicorn closes idle ones after 5 s.
 */
const MAX_AGE_MS = 4_000;

const SWEEP_MS = 1_000;

/** Connections to the backend that are used again, for a while. */
export class KeptConnections extends Agent {
  private readonly since = new WeakMap<Duplex, number>();

  constructor() {
    super({ keepAlive: true });
    setInterval(() => this.sweep(), SWEEP_MS).unref();
  }

  /** Asked when a request has ended: whether its connection may carry another. */
  override keepSocketAlive(socket: Duplex): boolean {
    const now = Date.now();
    const since = this.since.get(socket);
    if (since === undefined) this.since.set(socket, now);
    else if (now - since > MAX_AGE_MS) return false;
    super.keepSocketAlive(socket);
    return true;
  }

  /** Closes what nobody uses and nobody may use again. */
  private sweep(): void {
    const born = Date.now() - MAX_AGE_MS;
    for (const sockets of Object.values(this.freeSockets))
      for (const socket of sockets ?? [])
        if ((this.since.get(socket) ?? 0) < born) socket.destroy();
  }
}
