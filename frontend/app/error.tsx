"use client";

import { Message } from "@/components/message-page";

/** Shown in place of a page that broke while it was drawn. */
export default function PageError() {
  return (
    <Message title="This page broke">
      What you saved is safe. Open your list again; if that does not help, reload the page.
    </Message>
  );
}
