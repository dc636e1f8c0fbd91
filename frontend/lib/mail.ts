import type { NodemailerError } from "nodemailer";
import { getConfig } from "./config";

/** Milliseconds: for each step of talking to the mail server, and for all of it. */
const LIMITS = {
  connectionTimeout: 10_000,
  greetingTimeout: 10_000,
  socketTimeout: 10_000,
  whole: 30_000,
};

export interface Mail {
  /** One address, and no name. */
  to: string;
  subject: string;
  text: string;
}

/** Steps before the server is told whom a mail is for. What it says later may have the address in it, or the mail. */
const BEFORE_RECIPIENT = /^(EHLO|HELO|STARTTLS|AUTH)\b/;

/** Why a mail was not sent, in words that name neither its reader nor anything in it. */
export class MailFailed extends Error {
  constructor(cause: NodemailerError) {
    const { code, command = "", response, responseCode, message } = cause;
    const isOfConnection = command === "CONN" && !response;
    const said = isOfConnection || BEFORE_RECIPIENT.test(command) ? message : responseCode;
    super([code ?? cause.name, command, said].filter(Boolean).join(" "));
    this.name = "MailFailed";
  }
}

/**
 * Hands a mail of plain text over to the mail server, within half a minute.
 * @throws MailFailed
 */
export async function sendMail({ to, subject, text }: Mail, limits = LIMITS): Promise<void> {
  const { whole, ...steps } = limits;
  const { mail } = getConfig();
  if (!mail) throw new Error("no mails are sent: SMTP_URL is not set");
  const { createTransport } = await import("nodemailer");
  const { host, port, secure, login, from } = mail;
  const transport = createTransport({
    host,
    port,
    secure,
    // A password never goes over a connection that others read, whatever the server says that it can.
    requireTLS: login !== null,
    auth: login ? { user: login.user, pass: login.password } : undefined,
    disableFileAccess: true,
    disableUrlAccess: true,
    ...steps,
  });
  try {
    await transport.sendMail({
      from,
      // As an object it is taken as it is: no list of addresses, no name.
      to: { name: "", address: to },
      subject,
      text,
      // Out-of-office notices and the like are not sent in answer to it (RFC 3834).
      headers: { "Auto-Submitted": "auto-generated" },
      signal: AbortSignal.timeout(whole),
    });
  } catch (error) {
    throw new MailFailed(error as NodemailerError);
  }
}
