import { QueryCache, QueryClient, type QueryKey } from "@tanstack/react-query";
import { leaveToSignIn } from "../auth/leaving";
import { setOffline } from "../offline/state";
import { ApiError } from "./client";

const RETRY_MS = 2_000;

const isTransient = (error: Error | null) => error instanceof ApiError && error.isTransient;

/** A session that ended elsewhere: the only thing left to do is to sign in again. */
export function leaveWhenSignedOut(error: unknown): void {
  if (error instanceof ApiError && error.status === 401) leaveToSignIn();
}

/** Keeps what the end of a request says of the site. */
function tellOffline(error: Error | null): void {
  const isCutOff = error instanceof ApiError && error.status === 0;
  setOffline(isCutOff ? { isCutOff } : { isCutOff, isSilent: false });
}

/** Server state: fresh for half a minute; a service that is not there yet is asked again until it is. */
export function createQueryClient(): QueryClient {
  return new QueryClient({
    queryCache: new QueryCache({
      onError: (error) => {
        tellOffline(error);
        leaveWhenSignedOut(error);
      },
      onSuccess: () => tellOffline(null),
    }),
    defaultOptions: {
      queries: {
        staleTime: 30_000,
        retry: false,
        networkMode: "always", // this site may be on the machine itself, which needs no network
        refetchInterval: ({ state }) => (isTransient(state.error) ? RETRY_MS : false),
      },
      mutations: { retry: false, networkMode: "always" },
    },
  });
}

/**
 * Fetches again what is shown under a key, after a change. A first fetch under way is begun anew: its answer may be
 * from before the change, and `invalidateQueries` alone would make do with it.
 */
export async function refetchChanged(client: QueryClient, queryKey: QueryKey): Promise<void> {
  await client.cancelQueries({ queryKey });
  await client.invalidateQueries({ queryKey });
}
