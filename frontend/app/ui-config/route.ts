import { chatUiFor } from "@/lib/chat-ui";
import { getConfig } from "@/lib/config";
import type { UiConfig } from "@/lib/ui-config";

export const dynamic = "force-dynamic";

export function GET(request: Request): Response {
  const config = getConfig();
  const settings: UiConfig = {
    ...chatUiFor(config, request.headers.get("host") ?? ""),
    signUp: config.signUp,
    mail: config.mail !== null,
  };
  return Response.json(settings, { headers: { "cache-control": "no-store" } });
}
