import { parseConfig } from "./settings.mjs";

/** Which chat panel the browser shows: ours, OpenAI's, or OpenAI's where it is allowed and loads. */
export type ChatUi = "auto" | "builtin" | "chatkit";

/** Who may make an account: anybody at once, anybody who confirms their address by a mail, or who was invited. */
export type SignUp = "open" | "confirmed" | "closed";

/** How mails are sent: by which server, and who they are from. */
export interface MailSettings {
  host: string;
  port: number;
  /** TLS from the first byte on, instead of by STARTTLS where the server has it. */
  secure: boolean;
  login: { user: string; password: string } | null;
  from: { name: string; address: string };
}

/** Everything the server reads from its environment, checked and typed. */
export interface Config {
  /** The address as it is now: one from a file may change while the process runs. */
  databaseUrl: () => string;
  authSecret: string;
  /** Newest first. The first one signs; the others still decrypt what they encrypted. Empty: no rotation yet. */
  authSecrets: { version: number; value: string }[];
  backendUrl: URL;
  /** Where every ready replica of it has its own address by DNS, or null: only `backendUrl` is known. */
  backendPodsUrl: URL | null;
  /** The one public origin, or null: every host name that reaches us is served as itself. */
  publicOrigin: string | null;
  /** Other origins whose pages may call us with a session cookie. */
  trustedOrigins: string[];
  /** Null: no mails are sent. With it there is a `publicOrigin`. */
  mail: MailSettings | null;
  signUp: SignUp;
  /** How many proxies in front of us add a client's address to X-Forwarded-For. */
  trustedProxies: number;
  chatUi: ChatUi;
  chatkitEnabled: boolean;
  chatkitDomainKey: string | null;
  podName: string;
  /** How long the assistant may take to begin its answer. */
  assistantTimeoutMs: number;
}

let parsed: Config | undefined;

/** The settings of this process, parsed at first use. */
export function getConfig(): Config {
  return (parsed ??= parseConfig(process.env));
}
