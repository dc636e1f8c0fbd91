import { useQuery } from "@tanstack/react-query";
import { callApi } from "./api/client";
import type { ChatUiSettings } from "./chat-ui";
import type { SignUp } from "./config";

/** Settings that the browser needs, read when the server runs: pages are built without any. */
export interface UiConfig extends ChatUiSettings {
  signUp: SignUp;
  /** Whether mails are sent. */
  mail: boolean;
}

/** The settings of this site, once they are known. */
export function useUiConfig(): UiConfig | undefined {
  const { data } = useQuery({
    queryKey: ["ui-config"],
    queryFn: ({ signal }) => callApi<UiConfig>("/ui-config", { signal }),
    staleTime: Infinity,
  });
  return data;
}
