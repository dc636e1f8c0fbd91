import type { MouseEvent, ReactNode } from "react";

/** What can be chosen in a menu. */
export interface MenuAction {
  label: string;
  icon?: ReactNode;
  /** Behind the label. */
  aside?: ReactNode;
  /** Whether it is the one that holds, of several that exclude each other. */
  checked?: boolean;
  disabled?: boolean;
  isDangerous?: boolean;
  onClick: () => void;
}

export type MenuEntry =
  | MenuAction
  /** A page of this site, unless the click is prevented from leading there. */
  | { label: string; icon?: ReactNode; href: string; onClick?: (event: MouseEvent) => void }
  /** What the next entries are about. */
  | { heading: string }
  /** Anything else, which cannot be chosen. */
  | { content: ReactNode }
  | "divider";
