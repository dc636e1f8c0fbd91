import { MAX_HEADERS } from "./headers";

/** A refusal's status, title and detail, as `problem` takes them. */
export type Refusal = readonly [status: number, title: string, detail: string];

/** The largest request body that is taken, whatever it is for. */
export const MAX_BODY_BYTES = 1024 * 1024;

export const TOO_LARGE: Refusal = [
  413,
  "Content Too Large",
  `A request may be at most ${MAX_BODY_BYTES / 1024 / 1024} MiB.`,
];
export const NO_ADDRESS: Refusal = [
  400,
  "Bad Request",
  "The request names no address of this site.",
];
export const NO_HOST: Refusal = [400, "Bad Request", "The request names no host, or several."];
export const NO_TUNNELS: Refusal = [
  405,
  "Method Not Allowed",
  "This site connects to no other: it does not take CONNECT.",
];
export const CODING_UNKNOWN: Refusal = [
  501,
  "Not Implemented",
  "Of Transfer-Encoding, chunked alone is known here.",
];
export const PACKED: Refusal = [
  415,
  "Unsupported Media Type",
  "The content of a request is taken as it is: send it without Content-Encoding.",
];
export const TOO_MANY_AT_ONCE: Refusal = [
  503,
  "Service Unavailable",
  "Too many requests of this connection wait for an answer. Wait for some before you send more.",
];
export const NO_CONTENT_HERE: Refusal = [400, "Bad Request", "This address takes no content."];
export const INCOMPLETE: Refusal = [
  408,
  "Request Timeout",
  "The request did not come to its end in time.",
];
export const UNEXPECTED: Refusal = [
  417,
  "Expectation Failed",
  "Of Expect, 100-continue alone is known here.",
];
export const MALFORMED: Refusal = [400, "Bad Request", "The request is not HTTP that can be read."];
export const HEADERS_TOO_LARGE: Refusal = [
  431,
  "Request Header Fields Too Large",
  "The request's headers may be at most 16 KiB.",
];
export const TOO_MANY_HEADERS: Refusal = [
  431,
  "Request Header Fields Too Large",
  `A request may have at most ${MAX_HEADERS} headers.`,
];

export const TOO_MANY_BODIES: Refusal = [
  503,
  "Service Unavailable",
  "Too many large requests are on their way. Try again in a minute.",
];

export const FAILED: Refusal = [
  500,
  "Internal Server Error",
  "Something went wrong here; the log has the details.",
];

/** The refusal of a method that an address does not have. */
export const notAllowed = (allowed: readonly string[]): Refusal => [
  405,
  "Method Not Allowed",
  `This address takes ${allowed.join(", ")}.`,
];
