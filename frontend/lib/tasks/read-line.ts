import { callApi } from "../api/client";
import type { QuickAddPreview } from "../api/types";
import type { Line } from "./line";

/**
 * What a line would make, as the service reads it; nothing is made.
 * @throws ApiError
 */
export const readLine = (line: Partial<Line> & Pick<Line, "text">, signal: AbortSignal) =>
  callApi<QuickAddPreview>("/api/me/tasks/quick-add?preview=true", {
    method: "POST",
    body: line,
    signal,
  });
