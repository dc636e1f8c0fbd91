import type { Config } from "./config";

/** What the browser is told about the chat: the domain key to load OpenAI's ChatKit with, or null for our own panel. */
export interface ChatUiSettings {
  chatkit: { domainKey: string } | null;
}

const LOCAL_KEY = "local-dev";

/**
 * Decides whether a page under this host may load ChatKit. OpenAI checks the page's domain
 * against the key, except on localhost, where any key will do.
 */
export function chatUiFor(config: Config, host: string): ChatUiSettings {
  const isLocal = /^localhost(:\d+)?$/i.test(host);
  const allowed =
    config.chatUi === "chatkit" ||
    (config.chatUi === "auto" &&
      (config.chatkitDomainKey !== null || (isLocal && config.chatkitEnabled)));
  return {
    chatkit: allowed ? { domainKey: config.chatkitDomainKey ?? LOCAL_KEY } : null,
  };
}
