import { betterAuth } from "better-auth";
import { jwt } from "better-auth/plugins";
import { getConfig } from "../config";
import { getPool } from "../database";
import type { HeaderLookup } from "../headers";
import { log } from "../log";
import { originOf } from "../origin";
import { bounds, MAX_PASSWORD_BYTES } from "./bounds";
import { cookieOptions } from "./cookie";
import { hashing } from "./hashing";
import { endLinksFor } from "./one-time-links";
import { forgetTriesAt, passwordGuard } from "./password-guard";
import { resetMail } from "./reset-mail";
import { forgetSessionsOf } from "./session-memory";
import { signUpGuard } from "./sign-up-guard";
import { signUpMail } from "./sign-up-mail";
import { USER_FIELDS } from "./user-fields";

export const TOKEN_LIFETIME_SECONDS = 15 * 60;

/** How much is kept of what a browser says of itself. */
const MAX_USER_AGENT = 400;

function createAuth(origin: string) {
  const config = getConfig();
  return betterAuth({
    appName: "Todo Stack",
    baseURL: origin,
    trustedOrigins: config.trustedOrigins,
    secret: config.authSecret,
    secrets: config.authSecrets.length > 0 ? config.authSecrets : undefined,
    database: getPool(),
    // `bounds` judges passwords, as people count characters; Better Auth counts UTF-16 code units.
    emailAndPassword: {
      enabled: true,
      minPasswordLength: 1,
      maxPasswordLength: MAX_PASSWORD_BYTES,
      // Whoever forgot it, or lost it to somebody: nobody goes on under the former one.
      revokeSessionsOnPasswordReset: true,
      onPasswordReset: async ({ user }) => {
        await endLinksFor(user.id);
        await forgetTriesAt(user.email);
      },
    },
    // Who reads the table, or a copy of it, gets no link out of it.
    verification: { storeIdentifier: "hashed" },
    // Tasks and conversations go with the account: their tables refer to it with ON DELETE CASCADE.
    user: { deleteUser: { enabled: true }, additionalFields: USER_FIELDS },
    // The list of sessions is shown however long ago one signed in; what matters more asks for the password.
    session: { freshAge: 0 },
    databaseHooks: {
      session: {
        create: {
          before: ({ userAgent, ...session }) =>
            Promise.resolve({
              data: { ...session, userAgent: userAgent?.slice(0, MAX_USER_AGENT) },
            }),
        },
        // Each ends it for the next request already, on this pod; the others look again within seconds.
        delete: { after: ({ userId }) => Promise.resolve(forgetSessionsOf(userId)) },
      },
      user: { update: { after: ({ id }) => Promise.resolve(forgetSessionsOf(id)) } },
    },
    telemetry: { enabled: false },
    // The origin check is said to be on, or Better Auth would leave it out in tests.
    advanced: { ...cookieOptions(origin), disableOriginCheck: false },
    // Better Auth counts per client address, and behind a NodePort every client has the node's.
    // passwordGuard counts failed tries per account instead, in Better Auth's own table.
    rateLimit: { enabled: false, storage: "database" },
    plugins: [
      // In this order: what is refused for its size is not counted, and what is counted out takes no turn.
      bounds(),
      signUpGuard(),
      passwordGuard(),
      resetMail(),
      signUpMail(),
      hashing(),
      jwt({
        disableSettingJwtHeader: true,
        jwks: {
          keyPairConfig: { alg: "EdDSA", crv: "Ed25519" },
          // A key that signs no more is published for as long as a token of it may be around, with room to spare:
          // by default that is 30 days, for which a stolen key would make tokens that are accepted.
          gracePeriod: 2 * TOKEN_LIFETIME_SECONDS,
        },
        jwt: {
          // Fixed, so that a token is good whatever host name it was made on.
          issuer: "todo-stack",
          audience: "todo-stack-api",
          expirationTime: `${TOKEN_LIFETIME_SECONDS}s`,
          definePayload: ({ user }) => ({ sub: user.id, email: user.email, name: user.name }),
        },
      }),
    ],
    // What is no refusal (the database is unreachable) is thrown, for the caller to put into words.
    onAPIError: { throw: true },
    logger: {
      level: "warn",
      log: (level, message) =>
        log(level === "error" ? "error" : "warning", message, { logger: "better-auth" }),
    },
  });
}

export type Auth = ReturnType<typeof createAuth>;

/** An instance holds no state, so forgetting one costs a millisecond, not a session. */
const MAX_INSTANCES = 16;
const instances = new Map<string, Auth>();

/**
 * Better Auth for the origin that a request came to. Cookies (Secure or not) and the origins
 * that may call follow the base URL, so each origin has its own instance over one pool.
 * @returns null when the request names no usable host.
 */
export function getAuth(headers: HeaderLookup): Auth | null {
  const origin = originOf(headers);
  if (!origin) return null;
  let auth = instances.get(origin);
  if (!auth) {
    auth = createAuth(origin);
    if (instances.size >= MAX_INSTANCES) instances.delete(instances.keys().next().value ?? "");
    instances.set(origin, auth);
  }
  return auth;
}
