"use client";

import { Modal } from "@mantine/core";
import { onDemand } from "@/lib/on-demand";
import type { DeleteAccountFormProps } from "./delete-account-form";

const { Part: DeleteAccountForm, useIsReady } = onDemand(() =>
  import("./delete-account-form").then(({ DeleteAccountForm }) => DeleteAccountForm),
);

interface DeleteAccountModalProps extends DeleteAccountFormProps {
  opened: boolean;
}

/** Says what goes with an account, and asks for its password before it does. */
export function DeleteAccountModal({ opened, onClose, ...rest }: DeleteAccountModalProps) {
  const isReady = useIsReady(opened);
  return (
    <Modal
      opened={opened && isReady}
      onClose={onClose}
      title="Delete account"
      closeButtonProps={{ "aria-label": "Close" }}
    >
      {opened && isReady && <DeleteAccountForm onClose={onClose} {...rest} />}
    </Modal>
  );
}
