import type { Socket } from "node:net";

/** What is granted to who still sends after the answer. Counted in looks, so that a time in which this process did not run is none. */
export interface LingerLimits {
  /** How often it is looked at. */
  lookEveryMs: number;
  /** After so many looks in a row at which nothing more had come, nobody sends. */
  silentLooks: number;
  /** After so many looks, or bytes, it is enough, however it comes. */
  looks: number;
  bytes: number;
}

/** As long as a telephone may be without a connection; two minutes, as who sends a film by mistake may need. */
export const LINGER: LingerLimits = {
  lookEveryMs: 1_000,
  silentLooks: 10,
  looks: 120,
  bytes: 256 * 1024 * 1024,
};

const lingering = new WeakMap<Socket, NodeJS.Timeout>();

/** Whether a connection has the answer to what it still sends. */
export const isLingering = (socket: Socket) => lingering.has(socket);

/**
 * Keeps a connection open for who still sends: browsers read an answer when all is sent, and to end the connection before
 * would take the answer away from them. What comes must go nowhere meanwhile. Beyond the limits the connection is ended.
 */
export function linger(socket: Socket, limits: LingerLimits): void {
  if (isLingering(socket) || socket.destroyed) return;
  const from = socket.bytesRead;
  let heard = from;
  let looks = 0;
  let silent = 0;
  const look = () => {
    silent = socket.bytesRead === heard ? silent + 1 : 0;
    heard = socket.bytesRead;
    if (++looks < limits.looks && silent < limits.silentLooks && heard - from < limits.bytes)
      return;
    stopLingering(socket);
    socket.destroy();
  };
  lingering.set(socket, setInterval(look, limits.lookEveryMs));
  socket.once("close", onClose);
}

function onClose(this: Socket): void {
  stopLingering(this);
}

/** The rest has come: the connection is as any other. */
export function stopLingering(socket: Socket): void {
  clearInterval(lingering.get(socket));
  lingering.delete(socket);
  socket.off("close", onClose); // a connection that is kept would have one more with each request
}

/** Ends our side of a connection when all is written, and the whole of it when the other side ends, or lingered enough. */
export function close(socket: Socket, limits: LingerLimits): void {
  // Node's parser pauses the reading itself, and must begin it again before it lets go.
  if (socket.isPaused()) socket.once("resume", () => ignoreRest(socket)).resume();
  else ignoreRest(socket);
  socket.end(() => linger(socket, limits));
}

/** Has what a connection still sends go nowhere: Node's parser lets go of one that somebody else listens to. */
export function ignoreRest(socket: Socket): void {
  socket.on("data", () => undefined);
  socket.removeAllListeners("data");
}
