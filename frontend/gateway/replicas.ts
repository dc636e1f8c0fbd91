import { lookup } from "node:dns/promises";
import { getConfig } from "../lib/config";

/** Where a backend process, or a Service that chooses one, takes connections. */
export interface Replica {
  readonly host: string;
  readonly port: number;
  /** Whether it is the Service, where each connection is led to a pod anew. */
  readonly isService: boolean;
  /** Requests that it has not answered whole. */
  inFlight: number;
  /** Until when others are preferred to it, as `Date.now()` counts. */
  shunnedUntil: number;
}

/** A Service's DNS name lists a new pod, and leaves out one that is unready, within a second or a few. */
const LOOK_AGAIN_MS = 1_000;
/** An address may be another pod's by now: none that was not confirmed within this time gets a request. */
const STALE_MS = 5_000;
/** By then a pod that took a packet and did not answer is out of DNS, or has recovered. */
const SHUN_MS = 5_000;

type LookUp = (host: string) => Promise<string[]>;

const addressesOf: LookUp = async (host) =>
  (await lookup(host, { all: true })).map(({ address }) => address);

/**
 * The backend's replicas by their own addresses, so that each gets its share of connections that are kept, and what
 * one does not answer is asked of another. Where their addresses are not known, the Service itself is asked, which is
 * always right: it is what the cluster holds to be ready at the moment of connecting.
 */
export class Replicas {
  private readonly service: Replica;
  private pods: Replica[] = [];
  private foundAt = -Infinity;
  private isLooking = false;
  private turn = 0;

  constructor(
    service: URL,
    podsUrl: URL | null,
    private readonly lookUp: LookUp = addressesOf,
  ) {
    this.service = replicaAt(bare(service.hostname), portOf(service), true);
    if (!podsUrl) return;
    this.look(podsUrl);
    // Also while nobody asks: only a pod whose address is known can be left out when it hangs.
    setInterval(() => this.look(podsUrl), LOOK_AGAIN_MS).unref();
  }

  /**
   * The one in good standing with the least to do, in turns among equals. One that was not `tried` for this request is
   * preferred; of those that were, the last, which had the least time to answer.
   */
  choose(tried: readonly Replica[]): Replica {
    const now = Date.now();
    if (now - this.foundAt > STALE_MS) this.pods = [];
    this.turn++;
    let best: Replica | undefined;
    let bestTry = Infinity;
    for (let index = 0; index < this.pods.length; index++) {
      const pod = this.pods[(index + this.turn) % this.pods.length]!;
      if (pod.shunnedUntil > now) continue;
      const at = tried.lastIndexOf(pod);
      const lastTry = at < 0 ? Infinity : at;
      if (best && (lastTry < bestTry || (lastTry === bestTry && pod.inFlight >= best.inFlight)))
        continue;
      best = pod;
      bestTry = lastTry;
    }
    return best ?? this.service;
  }

  /** Prefers others to this one for a while. */
  shun(replica: Replica): void {
    if (!replica.isService) replica.shunnedUntil = Date.now() + SHUN_MS;
  }

  private look(url: URL): void {
    if (this.isLooking) return;
    this.isLooking = true;
    this.lookUp(bare(url.hostname))
      .then(
        (hosts) => this.found(hosts, portOf(url)),
        () => undefined, // no pod is ready, or DNS is away: what is known grows stale
      )
      .finally(() => (this.isLooking = false));
  }

  private found(hosts: string[], port: number): void {
    this.foundAt = Date.now();
    const known = new Map(this.pods.map((pod) => [pod.host, pod]));
    this.pods = hosts.map((host) => known.get(host) ?? replicaAt(host, port));
  }
}

const replicaAt = (host: string, port: number, isService = false): Replica => ({
  host,
  port,
  isService,
  inFlight: 0,
  shunnedUntil: 0,
});

/** An IPv6 address without the brackets that it has in a URL. */
const bare = (host: string) => host.replace(/^\[(.*)\]$/, "$1");

const portOf = ({ port, protocol }: URL) => Number(port) || (protocol === "https:" ? 443 : 80);

let known: Replicas | undefined;

/** Those of the backend that the settings name. */
export function backendReplicas(): Replicas {
  const { backendUrl, backendPodsUrl } = getConfig();
  return (known ??= new Replicas(backendUrl, backendPodsUrl));
}
