/** No try was answered in time. */
export class NoAnswer extends Error {
  constructor(readonly afterMs: number) {
    super(`no answer within ${afterMs} ms`);
    this.name = "NoAnswer";
  }
}

const MAX_IN_FLIGHT = 3;

interface Hedging<T> {
  /** Aborted when nobody waits any more; also ends a try that has been answered already. */
  signal: AbortSignal;
  /** When to ask again, counted from the beginning. */
  hedgesAtMs: readonly number[];
  /** Whether another try may be made now. */
  mayHedge: () => boolean;
  limitMs: number;
  /** Whether an answer says only that another try has the request: it counts if it is from the last. */
  isUnderWay: (answer: T) => boolean;
  /** A try was answered so. */
  wasRefused: () => void;
}

/**
 * Asks, asks again beside it while there is no answer, and resolves with whichever answer comes first; the
 * other tries are aborted. The first try is never given up for a later one, so what is slow but alive succeeds.
 * @throws NoAnswer after the limit, the last try's error when all in flight failed, the signal's reason.
 */
export function hedge<T>(
  ask: (signal: AbortSignal) => Promise<T>,
  { signal, hedgesAtMs, mayHedge, limitMs, isUnderWay, wasRefused }: Hedging<T>,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const inFlight: AbortController[] = [];
    const timers: NodeJS.Timeout[] = [];
    let decided = false;

    function decide(settle: () => void, winner?: AbortController): void {
      if (decided) return;
      decided = true;
      for (const timer of timers) clearTimeout(timer);
      for (const loser of inFlight) if (loser !== winner) loser.abort();
      settle();
    }

    function leave(own: AbortController): void {
      if (inFlight.includes(own)) inFlight.splice(inFlight.indexOf(own), 1);
    }

    function start(): void {
      if (inFlight.length === MAX_IN_FLIGHT) inFlight.splice(1, 1)[0]?.abort();
      const own = new AbortController();
      inFlight.push(own);
      ask(own.signal).then(
        (answer) => {
          if (decided || inFlight.length === 1 || !isUnderWay(answer))
            return decide(() => resolve(answer), own);
          leave(own);
          own.abort();
          wasRefused();
        },
        (error: Error) => {
          leave(own);
          if (inFlight.length === 0) decide(() => reject(error));
        },
      );
    }

    for (const at of hedgesAtMs) timers.push(setTimeout(() => mayHedge() && start(), at));
    timers.push(setTimeout(() => decide(() => reject(new NoAnswer(limitMs))), limitMs));
    const giveUp = () => {
      decide(() => reject(signal.reason as Error));
      for (const own of inFlight) own.abort();
    };
    signal.addEventListener("abort", giveUp, { once: true });
    start();
  });
}

/**
 * How many hedges a process may send, as gRPC throttles retries: answers earn them back. Without it a backend
 * that is slow because it has too much to do would get three times as much.
 */
export class HedgeBudget {
  private left: number;

  constructor(
    private readonly most = 500,
    private readonly perAnswer = 0.1,
  ) {
    this.left = most;
  }

  earn(): void {
    this.add(this.perAnswer);
  }

  /** For a hedge that made no work. */
  giveBack(): void {
    this.add(1);
  }

  /** Takes one hedge out of the budget; false when there is none. */
  take(): boolean {
    if (this.left < 1) return false;
    this.left -= 1;
    return true;
  }

  private add(hedges: number): void {
    this.left = Math.min(this.most, this.left + hedges);
  }
}
