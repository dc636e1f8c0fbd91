/** What a person reads while the account database does not answer. */
export const ACCOUNTS_AWAY = "Accounts are not reachable at the moment. Try again shortly.";

/** An RFC 9457 answer, the same shape as the backend's errors. */
export function problem(
  status: number,
  title: string,
  detail: string,
  requestId: string,
  headers: Record<string, string> = {},
): Response {
  return Response.json(
    { type: "about:blank", title, status, detail, request_id: requestId },
    {
      status,
      headers: {
        ...headers,
        "content-type": "application/problem+json",
        "cache-control": "no-store",
        "x-request-id": requestId,
      },
    },
  );
}
