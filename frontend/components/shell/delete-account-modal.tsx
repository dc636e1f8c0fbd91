"use client";

import { onDemandOverlay } from "@/lib/on-demand";

/** Says what goes with an account, and asks for its password before it does. */
export const { Part: DeleteAccountModal } = onDemandOverlay(() =>
  import("./delete-account-dialog").then(({ DeleteAccountDialog }) => DeleteAccountDialog),
);
