import { NextResponse, type NextRequest } from "next/server";
import { isPrivatePage } from "./lib/auth/private-pages";
import { askAgain, keepPrivate, stayOnHttps } from "./lib/caching";
import { chatUiFor } from "./lib/chat-ui";
import { getConfig } from "./lib/config";
import { contentSecurityPolicy } from "./lib/csp";

/** The service worker, by which a browser sees that there is a new build. */
const WORKER = "/sw.js";

/** Pages only: API requests must not be read here (Next would hold their bodies back). */
export const config = {
  matcher:
    "/((?!api/|chatkit|mcp|health/|ui-config|_next/|icon.svg|apple-icon.png|manifest.webmanifest).*)",
};

/** Gives every page its Content-Security-Policy, and says who may keep it. */
export function proxy({ nextUrl: { pathname }, headers }: NextRequest): NextResponse {
  const response = NextResponse.next();
  const { chatkit } = chatUiFor(getConfig(), headers.get("host") ?? "");
  const policy = contentSecurityPolicy(pathname, chatkit !== null);
  response.headers.set("content-security-policy", policy);
  // A page built ahead is the same for everybody, and Next would have caches keep it for a year. The worker's ETag is made
  // of its size and its time, which two builds may share.
  if (isPrivatePage(pathname) || pathname === WORKER) keepPrivate(response.headers);
  else askAgain(response.headers);
  stayOnHttps(headers, response.headers);
  return response;
}
