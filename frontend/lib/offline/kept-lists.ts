import { hashKey, type Query, type QueryClient, type QueryKey } from "@tanstack/react-query";
import { delMany, entries, set } from "idb-keyval";
import { ApiError } from "../api/client";
import type { Task } from "../api/types";
import { LISTS, TASKS } from "../tasks/keys";
import type { TaskPages } from "../tasks/queries";
import { patience } from "./patience";
import { setOffline } from "./state";
import { store } from "./store";

const MAX_LISTS = 20;
const MAX_PAGES = 4;
const MAX_AGE_MS = 14 * 86_400_000;
/** Answers that come in a row are written once. */
const SETTLED_MS = 1_000;

/** An answer of the server, as it is kept. */
interface Kept {
  /** Which sources read it: others may expect another form. */
  readBy: string;
  key: QueryKey;
  data: unknown;
  /** When it came. */
  at: number;
}

type Address = ["list", userId: string, hash: string];

/**
 * Keeps the lists and counts of a person on this device as the server answered them, and shows them where it cannot be
 * reached or does not answer soon. Those of anybody else are removed.
 */
export class KeptLists {
  private readonly writing = new Map<string, ReturnType<typeof setTimeout>>();
  private readonly awaited = new Set<ReturnType<typeof setTimeout>>();
  private readonly stopListening: () => void;

  private constructor(
    private readonly client: QueryClient,
    private readonly userId: string,
    private readonly readBy: string,
    private readonly kept: Map<string, Kept>,
    /** Whether its person is signed in still: what another tab ends is kept no more. */
    private readonly isTheirs: () => boolean,
  ) {
    for (const query of client.getQueryCache().findAll({ queryKey: TASKS, predicate: isKept })) {
      if (query.state.data !== undefined) this.keep(query);
      else if (query.state.fetchStatus === "fetching") this.showIfSlow(query);
      else this.look(query);
    }
    this.stopListening = client.getQueryCache().subscribe((event) => {
      if (event.type !== "updated" || !isKept(event.query)) return;
      if (event.action.type === "success" && !event.action.manual) this.keep(event.query);
      if (event.action.type === "fetch") this.showIfSlow(event.query);
      if (event.action.type === "error") this.look(event.query);
    });
  }

  static async open(
    client: QueryClient,
    userId: string,
    readBy: string,
    isTheirs: () => boolean,
  ): Promise<KeptLists> {
    const all = await entries<Address, Kept>(store);
    const lists = all.filter(([address]) => address[0] === "list");
    const isFresh = ([[, owner], { readBy: by, at }]: [Address, Kept]) =>
      owner === userId && by === readBy && at > Date.now() - MAX_AGE_MS;
    const newest = lists.filter(isFresh).sort(([, one], [, other]) => other.at - one.at);
    const good = newest.slice(0, MAX_LISTS);
    await delMany(
      lists.filter((list) => !good.includes(list)).map(([address]) => address),
      store,
    );
    const kept = new Map(good.map(([[, , hash], list]) => [hash, list]));
    return new KeptLists(client, userId, readBy, kept, isTheirs);
  }

  /** A task as the server had it when it was last heard of. */
  task(id: number): Task | undefined {
    return [...this.kept.values()]
      .filter(({ key }) => isList(key))
      .sort((one, other) => other.at - one.at)
      .flatMap(({ data }) => (data as TaskPages).pages.flatMap(({ items }) => items))
      .find((task) => task.id === id);
  }

  stop(): void {
    this.stopListening();
    for (const timer of [...this.writing.values(), ...this.awaited]) clearTimeout(timer);
  }

  private keep({ queryKey, state }: Query): void {
    if (!this.isOwn(state.data)) return;
    const hash = hashOf(queryKey);
    const kept = {
      readBy: this.readBy,
      key: queryKey,
      data: inBounds(state.data),
      at: state.dataUpdatedAt,
    };
    this.kept.set(hash, kept);
    clearTimeout(this.writing.get(hash));
    const write = () => {
      if (this.isTheirs())
        void set(["list", this.userId, hash], kept, store).catch(() => undefined); // a full disk
    };
    this.writing.set(hash, setTimeout(write, SETTLED_MS));
  }

  /** Whether an answer is its person's: in another tab somebody else may have signed in. */
  private isOwn(data: unknown): boolean {
    const { pages = [] } = data as Partial<TaskPages>;
    return pages.every(({ items }) => items.every(({ user_id }) => user_id === this.userId));
  }

  /** Shows what is kept in the place of an answer that did not come; it is asked for again as ever. */
  private look(query: Query): void {
    const { error } = query.state;
    const hasNoAnswer = error instanceof ApiError && error.status === 0;
    if (hasNoAnswer && this.show(query))
      void this.client.refetchQueries({ queryKey: query.queryKey, exact: true });
  }

  /** Shows what is kept where the answer that is on its way does not come soon. */
  private showIfSlow(query: Query): void {
    if (query.state.data !== undefined || !this.kept.has(hashOf(query.queryKey))) return;
    const timer = setTimeout(() => {
      this.awaited.delete(timer);
      if (query.state.fetchStatus !== "fetching") return;
      setOffline({ isSilent: true });
      this.show(query);
    }, patience());
    this.awaited.add(timer);
  }

  private show({ queryKey, state }: Query): boolean {
    const kept = state.data === undefined ? this.kept.get(hashOf(queryKey)) : undefined;
    if (kept) this.client.setQueryData(queryKey, kept.data, { updatedAt: kept.at });
    return kept !== undefined;
  }
}

const isList = (key: QueryKey) => key[1] === LISTS[1];
const isKept = ({ queryKey: key }: Query) =>
  key[0] === TASKS[0] && (isList(key) || key[1] === "counts");

/** Names what a query is about, on whatever day: the last list is better than none. */
function hashOf(key: QueryKey): string {
  const day = isList(key) ? LISTS.length + 3 : 3;
  return hashKey(key.map((part, index) => (index === day ? null : part)));
}

function inBounds(data: unknown): unknown {
  const { pages, pageParams } = data as Partial<TaskPages>;
  if (!pages || !pageParams) return data;
  return { pages: pages.slice(0, MAX_PAGES), pageParams: pageParams.slice(0, MAX_PAGES) };
}
