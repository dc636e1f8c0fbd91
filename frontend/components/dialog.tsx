"use client";

import { Modal, type ModalProps } from "@mantine/core";

/** A window before the page. It brings Mantine's, which the app does not begin with: dialogs are fetched on demand. */
export function Dialog(props: ModalProps) {
  return <Modal closeButtonProps={{ "aria-label": "Close" }} {...props} />;
}
