/** Has this browser open the app without the site; nothing where it cannot, or while developing. */
export function registerWorker(): void {
  if (process.env.NODE_ENV !== "production" || !("serviceWorker" in navigator)) return;
  // Of the app alone: whoever signs in, or comes by a link, meets no worker.
  void navigator.serviceWorker.register("/sw.js", { scope: "/app" }).catch(() => undefined);
}
