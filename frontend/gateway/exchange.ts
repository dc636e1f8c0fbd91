import type { IncomingMessage } from "node:http";
import { Attempt, type BackendUnavailable, type Outgoing } from "./attempt";
import { HedgeBudget } from "./hedge-budget";
import { backendReplicas, type Replica } from "./replicas";
import type { Policy } from "./retry-policy";

/**
 * A hung process still accepts connections. Each hedge is a new connection to another pod, where there is one;
 * by the last one readiness has taken the hung pod out of the service.
 */
const HEDGES_AT_MS = [2_000, 4_000, 10_000];
const MAX_IN_FLIGHT = 3;

const budget = new HedgeBudget();

/** No try was answered in time. */
export class NoAnswer extends Error {
  constructor(readonly afterMs: number) {
    super(`no answer within ${afterMs} ms`);
    this.name = "NoAnswer";
  }
}

/**
 * A request that waits for the head of its answer.
 *
 * It is asked, asked again beside it while there is no answer and the policy allows it, and whichever answer comes
 * first counts; the other tries are ended. The first try is never given up for a later one, so what is slow but
 * alive succeeds. One of the two callbacks is called, once, unless it is cancelled.
 */
export class Exchange {
  private readonly inFlight: Attempt[] = [];
  private winner: Attempt | undefined;
  private isDecided = false;
  private hedged = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly request: Outgoing,
    private readonly policy: Policy,
    /** With the answer's head, its body still to be read. */
    private readonly answered: (answer: IncomingMessage) => void,
    private readonly failed: (error: BackendUnavailable | NoAnswer) => void,
  ) {
    this.wait(0);
    this.start();
  }

  /** Nobody waits any more: ends all tries, also one that has been answered already. */
  cancel(): void {
    this.decide();
    this.winner?.cancel();
  }

  private start(): void {
    const isFirst = this.inFlight.length === 0;
    if (this.inFlight.length === MAX_IN_FLIGHT) this.inFlight.splice(1, 1)[0]?.cancel();
    const attempt: Attempt = new Attempt(
      this.request,
      this.policy.repeat !== "never",
      () => this.waitedFor(attempt),
      (answer, by) => this.win(answer, by),
      (error, of) => this.lose(error, of),
    );
    this.inFlight.push(attempt);
    attempt.send(isFirst && this.policy.repeat === "hedge");
  }

  /** Where the other tries are. */
  private waitedFor(attempt: Attempt): Replica[] {
    if (this.inFlight.length === 1) return [];
    return this.inFlight
      .filter((other) => other !== attempt)
      .map(({ replica }) => replica)
      .filter((replica) => replica !== undefined);
  }

  /** Sets the clock for the next hedge, or for the end; `now` counts from the beginning. */
  private wait(now: number): void {
    const { repeat, answerWithinMs } = this.policy;
    const hedgeAt = repeat === "hedge" ? (HEDGES_AT_MS[this.hedged] ?? Infinity) : Infinity;
    const next = Math.min(hedgeAt, answerWithinMs);
    this.timer = setTimeout(() => {
      if (next === answerWithinMs) {
        this.decide();
        return this.failed(new NoAnswer(answerWithinMs));
      }
      this.hedged++;
      this.wait(next);
      if (budget.take()) this.start();
    }, next - now);
  }

  private win(answer: IncomingMessage, winner: Attempt): void {
    this.winner = winner;
    budget.earn();
    // Another answered what these did not.
    for (const replica of this.waitedFor(winner)) backendReplicas().shun(replica);
    this.decide();
    this.answered(answer);
  }

  private lose(error: BackendUnavailable, loser: Attempt): void {
    const index = this.inFlight.indexOf(loser);
    if (index >= 0) this.inFlight.splice(index, 1);
    if (this.inFlight.length > 0 || this.isDecided) return;
    this.decide();
    this.failed(error);
  }

  private decide(): void {
    this.isDecided = true;
    clearTimeout(this.timer);
    for (const attempt of this.inFlight.splice(0)) if (attempt !== this.winner) attempt.cancel();
  }
}
