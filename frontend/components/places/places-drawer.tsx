"use client";

import { useModalDialog } from "@/lib/use-modal-dialog";
import { Sidebar, type SidebarProps } from "./sidebar";
import classes from "./places-drawer.module.css";

interface PlacesDrawerProps extends SidebarProps {
  opened: boolean;
  onClose: () => void;
}

/** The places before the page, where there is no room for them beside it. The browser keeps the focus in a dialog. */
export function PlacesDrawer({ opened, onClose, ...sidebar }: PlacesDrawerProps) {
  const ref = useModalDialog(opened);
  return (
    <dialog
      ref={ref}
      className={classes.drawer}
      aria-label="Lists"
      onClose={onClose}
      onClick={(event) => event.target === event.currentTarget && onClose()}
    >
      {opened && <Sidebar {...sidebar} />}
    </dialog>
  );
}
