import { afterAll, afterEach, beforeAll, beforeEach } from "vitest";
import { startDatabase, type TestDatabase } from "./database";
import { startMailServer, type MailServer } from "./mail-server";
import * as frontend from "./sign-in";

export const SITE = "https://todo.example";
/** As a browser sends it from the public address. */
export const AT_SITE = { origin: SITE };

/** What the tests of a file share: a database, and a mail server by which a frontend process sends. */
export interface Mailing {
  readonly database: TestDatabase;
  readonly server: MailServer;
  /** Starts another process, with these settings beside the usual ones. */
  start: (env?: Record<string, string>) => void;
}

/** Has each test of a file begin with a process that sends mails, and no count of what was asked for before. */
export function mailingFrontend(signUp: string): Mailing {
  let database: TestDatabase;
  let server: MailServer;
  const start = (env: Record<string, string> = {}) =>
    frontend.start(database.url, {
      ...frontend.MAIL,
      SMTP_URL: `smtp://127.0.0.1:${server.port}`,
      PUBLIC_URL: SITE,
      SIGN_UP: signUp,
      ...env,
    });

  beforeAll(async () => {
    database = await startDatabase();
    server = await startMailServer();
  });
  afterAll(async () => {
    await server.close();
    await database.close();
  });
  beforeEach(() => start());
  afterEach(async () => {
    await sent();
    await frontend.stop();
    await database.db.query(`DELETE FROM "rateLimit"`);
    server.mails.length = 0;
  });
  return {
    get database() {
      return database;
    },
    get server() {
      return server;
    },
    start,
  };
}

/** Waits until nothing is being mailed any more. */
export async function sent(): Promise<void> {
  const { mailsSent } = await import("@/lib/auth/mail-requests");
  await mailsSent();
}
