import { NextResponse, type NextRequest } from "next/server";
import { sessionCookie } from "./lib/auth/cookie";
import { isPrivatePage } from "./lib/auth/private-pages";
import { signInFor } from "./lib/auth/return-address";
import { keepPrivate, stayOnHttps } from "./lib/caching";
import { chatUiFor } from "./lib/chat-ui";
import { getConfig } from "./lib/config";
import { contentSecurityPolicy } from "./lib/csp";

/** Pages only: API requests must not be read here (Next would hold their bodies back). */
export const config = {
  matcher:
    "/((?!api/|chatkit|mcp|health/|ui-config|_next/|icon.svg|apple-icon.png|manifest.webmanifest).*)",
};

/** Sends visitors where they belong, and gives every page its Content-Security-Policy. */
export function proxy(request: NextRequest): NextResponse {
  const { pathname, search } = request.nextUrl;
  const isPrivate = isPrivatePage(pathname);
  const response =
    isPrivate && !sessionCookie(request.headers)
      ? NextResponse.redirect(new URL(signInFor(pathname + search), request.url))
      : page(request);
  // A page built ahead is the same for everybody, and Next would have caches keep it for a year.
  if (isPrivate) keepPrivate(response.headers);
  stayOnHttps(request.headers, response.headers);
  return response;
}

function page(request: NextRequest): NextResponse {
  const response = NextResponse.next();
  const { chatkit } = chatUiFor(getConfig(), request.headers.get("host") ?? "");
  response.headers.set(
    "content-security-policy",
    contentSecurityPolicy(request.nextUrl.pathname, chatkit !== null),
  );
  return response;
}
