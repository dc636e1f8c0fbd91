import { QueryClient } from "@tanstack/react-query";
import { ApiError } from "./client";

const isTransient = (error: Error) => error instanceof ApiError && error.isTransient;

/** Server state: fresh for half a minute; asked again until the service is there, never on a real refusal. */
export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 30_000,
        retry: (failures, error) => isTransient(error) && failures < 1,
        retryDelay: 500,
        refetchInterval: (query) =>
          query.state.error && isTransient(query.state.error) ? 2_000 : false,
      },
      mutations: { retry: 0, networkMode: "always" },
    },
  });
}
