import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { SMTPServer, type SMTPServerOptions } from "smtp-server";

export interface ReceivedMail {
  from: string;
  to: string[];
  headers: Record<string, string>;
  text: string;
}

/** A mail server on a free local port that keeps what it gets. */
export interface MailServer {
  port: number;
  mails: ReceivedMail[];
  close: () => Promise<void>;
}

/** The link in a mail that has what it opens behind a `#`. */
export const linkIn = ({ text }: { text: string }) => /https?:\S+#\S+/.exec(text)![0];

/** Starts one without TLS and passwords, unless `options` say otherwise. */
export async function startMailServer(options: SMTPServerOptions = {}): Promise<MailServer> {
  const mails: ReceivedMail[] = [];
  const server = new SMTPServer({
    disabledCommands: ["AUTH", "STARTTLS"],
    authOptional: true,
    logger: false,
    closeTimeout: 1,
    onData: (stream, { envelope: { mailFrom, rcptTo } }, done) => {
      void text(stream).then((raw) => {
        const from = mailFrom ? mailFrom.address : "";
        mails.push({ from, to: rcptTo.map(({ address }) => address), ...parsed(raw) });
        done();
      });
    },
    ...options,
  });
  server.on("error", () => undefined);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.server.address() as AddressInfo;
  const close = () => new Promise<void>((resolve) => server.close(() => resolve()));
  return { port, mails, close };
}

/** A mail of one part. */
function parsed(raw: string): Pick<ReceivedMail, "headers" | "text"> {
  const end = raw.indexOf("\r\n\r\n");
  const lines = raw
    .slice(0, end)
    .replace(/\r\n[ \t]+/g, " ")
    .split("\r\n");
  const headers = Object.fromEntries(lines.map((line) => line.split(/: (.*)/).slice(0, 2)));
  const content = raw.slice(end + 4).replaceAll("\r\n", "\n");
  const isQuoted = headers["Content-Transfer-Encoding"] === "quoted-printable";
  return { headers, text: isQuoted ? unquoted(content) : content };
}

const unquoted = (content: string) =>
  content
    .replaceAll("=\n", "")
    .replace(/=([\dA-F]{2})/g, (_, code: string) => String.fromCharCode(parseInt(code, 16)));
