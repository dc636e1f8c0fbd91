"use client";

import { Modal } from "@mantine/core";
import { authClient } from "@/lib/auth/client";
import { useLeave } from "@/lib/auth/use-leave";
import { onDemand } from "@/lib/on-demand";

const { Part: DeleteAccountForm, useIsReady } = onDemand(() =>
  import("./delete-account-form").then(({ DeleteAccountForm }) => DeleteAccountForm),
);

interface DeleteAccountModalProps {
  opened: boolean;
  onClose: () => void;
}

/** Says what goes with an account, and asks for its password before it does. */
export function DeleteAccountModal({ opened, onClose }: DeleteAccountModalProps) {
  const { data: session } = authClient.useSession();
  const leave = useLeave();
  const isReady = useIsReady(opened);
  return (
    <Modal
      opened={opened && isReady}
      onClose={onClose}
      title="Delete account"
      closeButtonProps={{ "aria-label": "Close" }}
    >
      {opened && isReady && (
        <DeleteAccountForm
          email={session?.user.email}
          onClose={onClose}
          onDelete={(password) => leave(() => authClient.deleteUser({ password }))}
        />
      )}
    </Modal>
  );
}
