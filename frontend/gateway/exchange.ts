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
const LAST_HEDGE_AT_MS = HEDGES_AT_MS[HEDGES_AT_MS.length - 1]!;
const MAX_IN_FLIGHT = 3;

/** By its code, what a process says of a turn that another has. */
const CODE = "x-problem-code";
const ANOTHER_HAS_IT = new Set<unknown>(["request_under_way", "turn_lost"]);

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
 * alive succeeds. That another try has the request is an answer of the last one only. One of the two callbacks is
 * called, once, unless it is cancelled.
 */
export class Exchange {
  /** In the order in which they began. */
  private readonly inFlight: Attempt[] = [];
  private readonly tried: Replica[] = [];
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

  /** The replica that answered hangs: others are asked for a while. */
  distrust(): void {
    if (this.winner) shun(this.winner);
  }

  private start(): void {
    const isFirst = this.inFlight.length === 0;
    if (this.inFlight.length === MAX_IN_FLIGHT) this.inFlight.splice(1, 1)[0]?.cancel();
    const attempt = new Attempt(
      this.request,
      this.policy,
      this.tried,
      (answer, by) => this.hear(answer, by),
      (error, of) => this.lose(error, of),
    );
    this.inFlight.push(attempt);
    attempt.send(isFirst && this.policy.mayUseKept);
  }

  /** Sets the clock for the next hedge, or for the end; `now` counts from the beginning. */
  private wait(now: number): void {
    const { answerWithinMs } = this.policy;
    const next = Math.min(this.nextHedgeAt(), answerWithinMs);
    this.timer = setTimeout(() => {
      if (next === answerWithinMs) {
        this.decide();
        return this.failed(new NoAnswer(answerWithinMs));
      }
      // One of the later ones is no reason to give up another try, which may have taken over.
      const hasRoom = ++this.hedged <= HEDGES_AT_MS.length || this.inFlight.length < MAX_IN_FLIGHT;
      this.wait(next);
      if (hasRoom && budget.take()) this.start();
    }, next - now);
  }

  private nextHedgeAt(): number {
    const { repeat, hedgeEveryMs } = this.policy;
    if (repeat === "never") return Infinity;
    const later = this.hedged - HEDGES_AT_MS.length + 1;
    return HEDGES_AT_MS[this.hedged] ?? LAST_HEDGE_AT_MS + later * hedgeEveryMs;
  }

  private hear(answer: IncomingMessage, by: Attempt): void {
    if (this.inFlight.length === 1 || !ANOTHER_HAS_IT.has(answer.headers[CODE]))
      return this.win(answer, by);
    this.leave(by);
    by.cancel();
    budget.giveBack(); // it made no work
  }

  private win(answer: IncomingMessage, winner: Attempt): void {
    this.winner = winner;
    budget.earn();
    // Those before it had longer, and did not answer.
    for (const earlier of this.inFlight.slice(0, this.inFlight.indexOf(winner))) shun(earlier);
    this.decide();
    this.answered(answer);
  }

  private lose(error: BackendUnavailable, loser: Attempt): void {
    this.leave(loser);
    if (this.inFlight.length > 0 || this.isDecided) return;
    this.decide();
    this.failed(error);
  }

  private leave(attempt: Attempt): void {
    const index = this.inFlight.indexOf(attempt);
    if (index >= 0) this.inFlight.splice(index, 1);
  }

  private decide(): void {
    this.isDecided = true;
    clearTimeout(this.timer);
    for (const attempt of this.inFlight.splice(0)) if (attempt !== this.winner) attempt.cancel();
  }
}

function shun({ replica }: Attempt): void {
  if (replica) backendReplicas().shun(replica);
}
