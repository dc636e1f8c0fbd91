"use client";

import { Button } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { DeleteAccountModal } from "../shell/delete-account-modal";
import { Section } from "./section";

/** The end of an account. */
export function DeleteAccountSection() {
  const [isOpen, dialog] = useDisclosure(false);
  return (
    <Section
      title="Delete account"
      hint="With all tasks, tags and conversations, for ever. Download your data first if you want to keep it."
    >
      <Button variant="default" mih={44} onClick={dialog.open}>
        Delete the account …
      </Button>
      <DeleteAccountModal opened={isOpen} onClose={dialog.close} />
    </Section>
  );
}
