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
