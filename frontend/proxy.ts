import { NextResponse, type NextRequest } from "next/server";
import { sessionCookie } from "./lib/auth/cookie";
import { chatUiFor } from "./lib/chat-ui";
import { getConfig } from "./lib/config";
import { contentSecurityPolicy } from "./lib/csp";

/** Pages only: API requests must not be read here (Next would hold their bodies back). */
export const config = {
  matcher: "/((?!api/|chatkit|mcp|health/|ui-config|_next/|icon.svg).*)",
};

/** Sends visitors where they belong and gives every page its Content-Security-Policy. */
export function proxy(request: NextRequest): NextResponse {
  const { pathname } = request.nextUrl;
  if (pathname === "/app" && !sessionCookie(request.headers)) {
    return NextResponse.redirect(new URL("/sign-in", request.url));
  }
  const response = NextResponse.next();
  const { chatkit } = chatUiFor(getConfig(), request.headers.get("host") ?? "");
  response.headers.set(
    "content-security-policy",
    contentSecurityPolicy(pathname, chatkit !== null),
  );
  return response;
}
