"use client";

import { Anchor, Button, type AnchorProps, type ButtonProps } from "@mantine/core";
import Link from "next/link";
import type { ReactNode } from "react";

type LinkTo = { href: string; children: ReactNode };

/** A link to a page of this site that looks like a button. */
export function ButtonLink(props: ButtonProps & LinkTo) {
  return <Button component={Link} {...props} />;
}

/** A link to a page of this site, in running text. */
export function TextLink(props: AnchorProps & LinkTo & { "aria-label"?: string }) {
  return <Anchor component={Link} {...props} />;
}
