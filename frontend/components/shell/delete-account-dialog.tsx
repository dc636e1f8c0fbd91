"use client";

import { authClient } from "@/lib/auth/client";
import { useLeave } from "@/lib/auth/use-leave";
import { Dialog } from "../dialog";
import { DeleteAccountForm } from "./delete-account-form";

interface DeleteAccountDialogProps {
  opened: boolean;
  onClose: () => void;
}

/** The end of the account of whoever is signed in. */
export function DeleteAccountDialog({ opened, onClose }: DeleteAccountDialogProps) {
  const { data: session } = authClient.useSession();
  const leave = useLeave();
  return (
    <Dialog opened={opened} onClose={onClose} title="Delete account">
      {opened && (
        <DeleteAccountForm
          email={session?.user.email}
          onClose={onClose}
          onDelete={(password) => leave(() => authClient.deleteUser({ password }))}
        />
      )}
    </Dialog>
  );
}
