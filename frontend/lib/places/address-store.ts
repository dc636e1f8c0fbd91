/** What the store needs of a browser's window. */
export interface AddressBar {
  location: Pick<Location, "pathname" | "search">;
  history: Pick<History, "pushState" | "replaceState">;
  addEventListener(type: "popstate" | "pagehide", listener: () => void): void;
  removeEventListener(type: "popstate" | "pagehide", listener: () => void): void;
}

/** Browsers refuse an address that changes with every letter that is typed. */
const SETTLED_MS = 300;

/** The app's address as state: path and search, with what waits to be shown in the address bar already in it. */
export class AddressStore {
  private readonly listeners = new Set<() => void>();
  private pending: string | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private last: string;

  /** `isOurs`: whether a path belongs to the app; the others are pages of their own, and change nothing here. */
  constructor(
    private readonly bar: AddressBar,
    private readonly isOurs: (pathname: string) => boolean,
    fallback: string,
  ) {
    this.last = fallback;
  }

  readonly get = (): string => {
    const { pathname, search } = this.bar.location;
    if (!this.isOurs(pathname)) return this.last;
    return (this.last = this.pending ?? pathname + search);
  };

  readonly subscribe = (listener: () => void): (() => void) => {
    if (this.listeners.size === 0) {
      this.bar.addEventListener("popstate", this.onMoved);
      this.bar.addEventListener("pagehide", this.settle);
    }
    this.listeners.add(listener);
    return () => {
      this.listeners.delete(listener);
      if (this.listeners.size > 0) return;
      this.drop();
      this.bar.removeEventListener("popstate", this.onMoved);
      this.bar.removeEventListener("pagehide", this.settle);
    };
  };

  /** Goes to an address, with a way back to this one. */
  push(address: string): void {
    this.settle();
    if (address !== this.get()) this.bar.history.pushState(null, "", address);
    this.tell();
  }

  /** Has this place another address: in state at once, in the address bar when nothing more has come for a while. */
  replace(address: string): void {
    this.drop();
    this.pending = address;
    this.timer = setTimeout(this.settle, SETTLED_MS);
    this.tell();
  }

  /** Shows in the address bar what waits for it. */
  private readonly settle = (): void => {
    const { pending } = this;
    this.drop();
    if (pending !== null && this.isOurs(this.bar.location.pathname))
      this.bar.history.replaceState(null, "", pending);
  };

  private readonly onMoved = (): void => {
    this.drop();
    this.tell();
  };

  private drop(): void {
    clearTimeout(this.timer);
    this.pending = null;
  }

  private tell(): void {
    for (const listener of this.listeners) listener();
  }
}
