import { timeZone } from "../time-zone";

/** An answer that is not a success, with the words that the server chose for it. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly requestId: string | null = null,
    /** Which problem it is, where a status has several. */
    readonly code: string | null = null,
  ) {
    super(message);
    this.name = "ApiError";
  }

  /** The service is starting, restarting or unreachable; the same request may succeed soon. */
  get isTransient(): boolean {
    return this.status === 0 || this.status === 502 || this.status === 503 || this.status === 504;
  }
}

/** A key that makes repeating a write harmless. Works on plain http too, where randomUUID is missing. */
export function idempotencyKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export interface Call {
  method?: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  body?: unknown;
  signal?: AbortSignal;
  /** Stands for this write: the server does it once, however often it is sent. */
  key?: string;
  headers?: Record<string, string>;
}

/**
 * Calls the task service through this site.
 * @throws ApiError for any answer but a success (status 0 when there was none); AbortError as fetch does.
 */
export async function fetchApi(
  path: string,
  { method = "GET", body, signal, key, headers: given }: Call = {},
): Promise<Response> {
  const content = body === undefined ? undefined : JSON.stringify(body);
  const headers: Record<string, string> = { "X-Time-Zone": timeZone(), ...given };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  if (key !== undefined) headers["Idempotency-Key"] = key;
  let response: Response;
  try {
    response = await fetch(path, { method, headers, body: content, signal });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw unreachable();
  }
  if (!response.ok) throw await errorFrom(response);
  return response;
}

/** A read that has no answer by then is given up: the site gives the task service 30 seconds. */
const READ_WITHIN_MS = 45_000;

/**
 * Like fetchApi, for a JSON answer (undefined when the answer has no body).
 * @throws ApiError with status 0 also for an answer that breaks off, and for a read that gets none.
 */
export async function callApi<T>(path: string, call: Call = {}): Promise<T> {
  const { method = "GET", signal } = call;
  const ends = [signal, method === "GET" ? AbortSignal.timeout(READ_WITHIN_MS) : undefined];
  try {
    const response = await fetchApi(path, {
      ...call,
      signal: AbortSignal.any(ends.filter((end) => end !== undefined)),
    });
    return (response.status === 204 ? undefined : await response.json()) as T;
  } catch (error) {
    if (error instanceof ApiError || signal?.aborted) throw error;
    throw unreachable();
  }
}

const unreachable = () => new ApiError(0, "The site is not reachable. Check your connection.");

interface Problem {
  code?: string;
  title?: string;
  detail?: string;
  request_id?: string;
  errors?: { loc?: (string | number)[]; field?: string; message?: string; msg?: string }[];
}

async function errorFrom(response: Response): Promise<ApiError> {
  const problem = (await response.json().catch(() => ({}))) as Problem;
  const first = problem.errors?.[0];
  const message =
    first?.message ??
    first?.msg ??
    problem.detail ??
    problem.title ??
    `The server answered ${response.status}.`;
  return new ApiError(
    response.status,
    message,
    problem.request_id ?? response.headers.get("x-request-id"),
    problem.code ?? null,
  );
}
