import { chatUiFor } from "@/lib/chat-ui";
import { getConfig } from "@/lib/config";

export const dynamic = "force-dynamic";

/** Settings that the browser needs, read when the server runs: pages are built without any. */
export function GET(request: Request): Response {
  const settings = chatUiFor(getConfig(), request.headers.get("host") ?? "");
  return Response.json(settings, { headers: { "cache-control": "no-store" } });
}
