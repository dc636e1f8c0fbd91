"use client";

import { Button, Group, PasswordInput, Stack, Text } from "@mantine/core";
import { isNotEmpty, useForm } from "@mantine/form";
import { useState } from "react";
import { authErrorText, type AuthError } from "@/lib/auth/error-text";

export interface DeleteAccountFormProps {
  email: string | undefined;
  onClose: () => void;
  /** Answers why it did not work, or null once nothing of the account is left. */
  onDelete: (password: string) => Promise<AuthError | null>;
}

/** The last word on an account, by its password. */
export function DeleteAccountForm({ email, onClose, onDelete }: DeleteAccountFormProps) {
  const [busy, setBusy] = useState(false);
  const form = useForm({
    initialValues: { password: "" },
    validate: { password: isNotEmpty("Enter your password.") },
  });

  async function remove({ password }: typeof form.values) {
    setBusy(true);
    const error = await onDelete(password);
    if (!error) return;
    setBusy(false);
    form.setFieldError("password", authErrorText(error));
  }

  return (
    <form onSubmit={form.onSubmit((values) => void remove(values))} noValidate>
      <Stack gap="md">
        <Text>
          This deletes {email ? <strong>{email}</strong> : "your account"} with all tasks, tags and
          conversations, at once. Nothing can bring them back.
        </Text>
        <PasswordInput
          label="Password"
          description="So that nobody else deletes it for you"
          autoComplete="current-password"
          data-autofocus
          {...form.getInputProps("password")}
        />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" color="red.9" loading={busy}>
            Delete for ever
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
