"use client";

import { Button, PasswordInput, Stack } from "@mantine/core";
import { isNotEmpty, useForm } from "@mantine/form";
import { authClient } from "@/lib/auth/client";
import { passwordProblem } from "@/lib/auth/password-rules";
import { useRefreshSessions } from "@/lib/auth/sessions";
import { NewPasswordInput } from "../auth/new-password-input";
import { Section } from "./section";
import { useSaving } from "./use-saving";

/** What is said of the new password; all else is about the current one. */
const OF_THE_NEW = ["PASSWORD_WEAK", "PASSWORD_COMMON", "FIELD_TOO_LONG"];

/** Sets another password, by the current one. */
export function PasswordForm({ email }: { email: string }) {
  const refreshSessions = useRefreshSessions();
  const form = useForm({
    initialValues: { currentPassword: "", newPassword: "" },
    validate: {
      currentPassword: isNotEmpty("Enter your current password."),
      newPassword: passwordProblem,
    },
  });
  const { isBusy, save } = useSaving("Your password is changed.", (text, code) =>
    form.setFieldError(OF_THE_NEW.includes(code) ? "newPassword" : "currentPassword", text),
  );

  async function change(values: typeof form.values) {
    if (!(await save(authClient.changePassword(values)))) return;
    form.reset();
    await refreshSessions();
  }

  return (
    <Section
      title="Password"
      hint="A new one signs out every other browser, and ends links that set a password."
    >
      <form onSubmit={form.onSubmit((values) => void change(values))} noValidate>
        <Stack gap="md" align="flex-start">
          {/* Whom a password manager keeps the password for. */}
          <input type="email" autoComplete="username" value={email} readOnly hidden />
          <PasswordInput
            label="Current password"
            autoComplete="current-password"
            w="100%"
            {...form.getInputProps("currentPassword")}
          />
          <NewPasswordInput label="New password" w="100%" {...form.getInputProps("newPassword")} />
          <Button type="submit" loading={isBusy}>
            Change password
          </Button>
        </Stack>
      </form>
    </Section>
  );
}
