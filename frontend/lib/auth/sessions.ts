import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { ApiError } from "../api/client";
import { authClient } from "./client";
import { authErrorText, type AuthError } from "./error-text";

const SESSIONS = ["sessions"] as const;

export type Session = typeof authClient.$Infer.Session.session;

interface Answer<T> {
  data: T | null;
  error: AuthError | null;
}

async function answerOf<T>(call: Promise<Answer<T>>): Promise<T | null> {
  const { data, error } = await call;
  if (error) throw new ApiError(error.status, authErrorText(error));
  return data;
}

/** The open sessions of whoever is signed in, the newest first. */
export function useSessions() {
  return useQuery({
    queryKey: SESSIONS,
    queryFn: async ({ signal }) => {
      const sessions = await answerOf(authClient.listSessions({ fetchOptions: { signal } }));
      return (sessions ?? []).sort((a, b) => Number(b.createdAt) - Number(a.createdAt));
    },
  });
}

/** Ends one session, or without its token all but this one. */
export function useEndSession() {
  const refresh = useRefreshSessions();
  return useMutation({
    mutationFn: (token: string | null) =>
      answerOf(
        token === null ? authClient.revokeOtherSessions() : authClient.revokeSession({ token }),
      ),
    onSettled: refresh,
  });
}

/** Looks again which sessions there are. */
export function useRefreshSessions() {
  const client = useQueryClient();
  return () => client.invalidateQueries({ queryKey: SESSIONS });
}
