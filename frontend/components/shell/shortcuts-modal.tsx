"use client";

import { Modal } from "@mantine/core";
import { onDemand } from "@/lib/on-demand";

const { Part: Shortcuts, useIsReady } = onDemand(() =>
  import("./shortcuts").then(({ Shortcuts }) => Shortcuts),
);

/** The help on keys before the page. */
export function ShortcutsModal({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const isReady = useIsReady(opened);
  return (
    <Modal
      opened={opened && isReady}
      onClose={onClose}
      title="Keyboard shortcuts"
      closeButtonProps={{ "aria-label": "Close" }}
    >
      <Shortcuts />
    </Modal>
  );
}
