import { get, update } from "idb-keyval";
import { ApiError, callApi, fetchApi } from "../api/client";
import { leaveWhenSignedOut } from "../api/query-client";
import type { Task } from "../api/types";
import { sendOnce, type Write } from "../api/write";
import { newTask, withChanges } from "./shown";
import { store, waitingKey } from "./store";
import { offlineState } from "./state";
import { fieldsInConflict, nextToSend, withId, type Kind, type Waiting } from "./waiting";

/** The server knows a key for 24 hours: what was sent longer ago could be done twice. */
const KEYS_HOLD_MS = 23 * 3_600_000;
/** An answer that takes longer does not come. */
const ANSWER_WITHIN_MS = 60_000;
/** For how many tasks it is known what stood for them: a page names them so until it shows the lists again. */
const MADE_KNOWN = 100;
/** The code of a 409 for a key whose first request has no end yet. */
const UNDER_WAY = "request_under_way";

/** What is kept of a person's changes. */
interface Kept {
  changes: Waiting[];
  /** The ids of tasks that were made, by those that stood for them. */
  made: Record<number, number>;
}

const NOTHING: Kept = { changes: [], made: {} };

/** What the outbox has to do with the page that it is in. */
export interface Surroundings {
  /** A task as the server had it when it was last heard of. */
  task: (id: number) => Task | undefined;
  /** Called with what waits, and with what the lists do not show by themselves yet, when these change. */
  changed: (waiting: readonly Waiting[], unshown: readonly Waiting[]) => void;
  /** Fetches the lists; resolves to whether they came. */
  refresh: () => Promise<boolean>;
}

/**
 * The changes of a person that could not be sent: kept on this device, and sent one after the other, by one tab at a time,
 * each under its own Idempotency-Key.
 */
export class Outbox {
  private kept = NOTHING;
  /** Sent, but not in the lists yet. */
  private sent: Waiting[] = [];
  private isWanted = false;
  private isSending = false;
  private isClosed = false;
  private readonly name: string;
  private readonly channel: BroadcastChannel;

  private constructor(
    private readonly userId: string,
    private readonly page: Surroundings,
  ) {
    this.name = `todo-stack.outbox.${userId}`;
    this.channel = new BroadcastChannel(this.name);
    this.channel.onmessage = () => void this.readAgain();
  }

  static async open(userId: string, page: Surroundings): Promise<Outbox> {
    const outbox = new Outbox(userId, page);
    await outbox.read();
    return outbox;
  }

  /** Has it say nothing more to this page; what is under way is still noted. */
  close(): void {
    this.isClosed = true;
    this.channel.close();
  }

  /** A path with the id of a task that has been made meanwhile. */
  pathOf(path: string): string {
    return path.replace(/\/tasks\/(-\d+)/, (whole, id: string) => {
      const made = this.kept.made[Number(id)];
      return made === undefined ? whole : `/tasks/${made}`;
    });
  }

  /** Whether a change has its turn later: others are before it, or the site gives no answer. */
  mustWait(write: Write): boolean {
    const what = kindOf(write);
    if (what && offlineState().isCutOff) return true;
    const id = what?.id;
    return this.kept.changes.some(({ refusal, taskId }) => !refusal || taskId === id);
  }

  /**
   * Keeps a change, and answers as the server will as far as that is known.
   * @throws ApiError for a change that cannot wait.
   */
  async keep(write: Write, triedAt: number | null): Promise<unknown> {
    const what = kindOf(write);
    if (!what) throw cannotWait(this.kept.changes.length);
    const body = write.body as Waiting["body"];
    const taskId = what.id ?? newId();
    const before = this.taskAsShown(taskId);
    const change: Waiting = {
      kind: what.kind,
      key: write.key,
      method: write.method as Waiting["method"],
      path: write.path,
      body,
      taskId,
      title: String(
        (what.kind === "add" ? (body?.text ?? body?.title) : before?.title) ?? "a task",
      ),
      before: taskId < 0 ? null : before, // what is made of a line is not known yet
      triedAt,
      refusal: null,
    };
    await this.change((kept) => ({ ...kept, changes: [...kept.changes, change] }));
    void this.send();
    const task = change.kind === "add" || !before ? newTask(change) : before;
    return withChanges(task, [change]) ?? undefined;
  }

  /** A task with all that waits done to it; null for one that is not known here. */
  private taskAsShown(id: number): Task | null {
    const { changes } = this.kept;
    const added = changes.find(({ kind, taskId }) => kind === "add" && taskId === id);
    const task = this.page.task(id) ?? (added && newTask(added));
    return task ? (withChanges(task, changes) ?? task) : null;
  }

  /** Sends what waits, as far as the site answers. */
  async send(): Promise<void> {
    this.isWanted = true;
    if (this.isSending) return;
    this.isSending = true;
    try {
      while (this.isWanted) {
        this.isWanted = false;
        await this.inTurn(() => this.sendAll());
      }
    } finally {
      this.isSending = false;
    }
  }

  /** Has a refused change sent again, over what another has changed meanwhile. */
  async retry({ key, refusal }: Waiting, freshKey: string): Promise<void> {
    await this.changeOne(key, (change) => ({
      ...change,
      before: refusal?.now ?? change.before,
      refusal: null,
      // One whose key the server may have forgotten is a new change, and its writer wants it.
      ...(refusal?.kind === "late" && { key: freshKey, triedAt: null }),
    }));
    await this.send();
  }

  /** Forgets a change, and all of a task that will never be made. */
  async discard({ key, kind, taskId }: Waiting): Promise<void> {
    const isGone = (other: Waiting) =>
      other.key === key ||
      (kind === "add" && (other.taskId === taskId || other.body?.parent_id === taskId));
    await this.change((kept) => ({
      ...kept,
      changes: kept.changes.filter((other) => !isGone(other)),
    }));
    await this.send();
  }

  private async sendAll(): Promise<void> {
    await this.read();
    let next = nextToSend(this.kept.changes);
    if (next && !(await isReachable())) return;
    while (next && !this.isClosed && (await this.sendOne(next)))
      next = nextToSend(this.kept.changes);
    if (this.sent.length === 0 || !(await this.page.refresh())) return;
    this.sent = [];
    this.tell();
  }

  /** Resolves to whether the site answered: the next change may be sent then. */
  private async sendOne(change: Waiting): Promise<boolean> {
    const { key, method, path, body, taskId, triedAt } = change;
    const signal = AbortSignal.timeout(ANSWER_WITHIN_MS);
    try {
      if (triedAt !== null && Date.now() - triedAt > KEYS_HOLD_MS) {
        const words =
          "It was sent, but the answer got lost, and the server no longer knows whether it was made.";
        await this.refuse(key, { kind: "late", words, now: null });
        return true;
      }
      if (change.kind === "change") {
        const now = await callApi<Task>(`/api/${this.userId}/tasks/${taskId}`, { signal });
        if (fieldsInConflict(change, now).length > 0) {
          const words = "The task was changed elsewhere meanwhile.";
          await this.refuse(key, { kind: "conflict", words, now });
          return true;
        }
      }
      await this.changeOne(key, (kept) => ({ ...kept, triedAt: kept.triedAt ?? Date.now() }));
      const made = await sendOnce<Task | undefined>({ key, method, path, body, signal });
      await this.done(change, made);
      return true;
    } catch (error) {
      leaveWhenSignedOut(error);
      if (!isRefusal(error)) return false;
      // It is what was wanted, whoever did it.
      if (change.kind === "delete" && error.status === 404) await this.done(change, undefined);
      else await this.refuse(key, { kind: "refused", words: wordsOf(error), now: null });
      return true;
    }
  }

  private async done(change: Waiting, answer: Task | undefined): Promise<void> {
    const { key, kind, taskId } = change;
    const id = kind === "add" && answer ? answer.id : taskId;
    this.sent = [...this.sent, { ...change, taskId: id }];
    await this.change(({ changes, made }) => ({
      changes: withId(
        changes.filter((other) => other.key !== key),
        taskId,
        id,
      ),
      made: id === taskId ? made : withLast(made, taskId, id),
    }));
  }

  private refuse(key: string, refusal: NonNullable<Waiting["refusal"]>): Promise<void> {
    return this.changeOne(key, (change) => ({ ...change, refusal }));
  }

  private changeOne(key: string, change: (change: Waiting) => Waiting): Promise<void> {
    return this.change((kept) => ({
      ...kept,
      changes: kept.changes.map((one) => (one.key === key ? change(one) : one)),
    }));
  }

  private async change(next: (kept: Kept) => Kept): Promise<void> {
    await update<Kept>(this.address, (kept = NOTHING) => next(kept), store);
    if (!this.isClosed) this.channel.postMessage(null);
    await this.read();
  }

  private async read(): Promise<void> {
    this.kept = (await get<Kept>(this.address, store)) ?? NOTHING;
    this.tell();
  }

  /** What another tab has sent is in the lists before it is shown as no longer waiting. */
  private async readAgain(): Promise<void> {
    const kept = (await get<Kept>(this.address, store)) ?? NOTHING;
    const isLess = this.kept.changes.some(
      ({ key }) => !kept.changes.some((one) => one.key === key),
    );
    if (isLess) await this.page.refresh();
    await this.read();
  }

  private get address(): IDBValidKey {
    return waitingKey(this.userId);
  }

  private tell(): void {
    if (!this.isClosed) this.page.changed(this.kept.changes, [...this.sent, ...this.kept.changes]);
  }

  /** In one tab at a time, where the browser has locks: without them, the keys see to it that nothing is done twice. */
  private async inTurn(send: () => Promise<void>): Promise<void> {
    const { locks } = navigator as { locks?: LockManager };
    if (locks) await locks.request(this.name, send);
    else await send();
  }
}

/** Asked first: what is sent into the void would count as tried. */
const isReachable = () =>
  fetchApi("/health/live", { signal: AbortSignal.timeout(ANSWER_WITHIN_MS) }).then(
    () => true,
    () => false,
  );

const withLast = (made: Kept["made"], from: number, to: number): Kept["made"] =>
  Object.fromEntries([...Object.entries(made).slice(1 - MADE_KNOWN), [from, to]]);

/** The changes that can wait. */
const KINDS: [Kind, Write["method"], RegExp][] = [
  ["add", "POST", /\/tasks(?:\/quick-add)?$/],
  ["change", "PATCH", /\/tasks\/(-?\d+)$/],
  ["complete", "PATCH", /\/tasks\/(-?\d+)\/complete$/],
  ["delete", "DELETE", /\/tasks\/(-?\d+)$/],
  ["restore", "POST", /\/tasks\/(-?\d+)\/restore$/],
];

/** A change's kind and the id of its task, null for a new one; null for a change that cannot wait. */
function kindOf({ method, path }: Write): { kind: Kind; id: number | null } | null {
  for (const [kind, itsMethod, pattern] of KINDS) {
    const found = method === itsMethod && pattern.exec(path);
    if (found) return { kind, id: found[1] === undefined ? null : Number(found[1]) };
  }
  return null;
}

/** Stands for the id of a task that is not made yet, in all tabs. */
function newId(): number {
  const [high, low] = crypto.getRandomValues(new Uint32Array(2));
  return -1 - ((high! % 2 ** 20) * 2 ** 32 + low!);
}

/** Why a change was refused: a number says nothing to whoever made it. */
const wordsOf = ({ status, message }: ApiError) =>
  status === 404 ? "The task was deleted elsewhere meanwhile." : message;

const cannotWait = (waiting: number) =>
  waiting > 0
    ? new ApiError(0, "Changes that were made offline are sent first. Try again in a moment.")
    : new ApiError(0, "The site is not reachable. Check your connection.");

/** Whether an error is the server's last word on a change; else it has its turn again later. */
const isRefusal = (error: unknown): error is ApiError =>
  error instanceof ApiError &&
  !error.isTransient &&
  // Somebody else is signed in by now, or nobody; or too much was asked at once.
  ![401, 403, 429].includes(error.status) &&
  error.code !== UNDER_WAY;
