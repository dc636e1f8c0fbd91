"use client";

import { isEmail, useForm } from "@mantine/form";
import { useState } from "react";
import { authClient } from "@/lib/auth/client";
import { authErrorText } from "@/lib/auth/error-text";
import { useUiConfig } from "@/lib/ui-config";
import { TextLink } from "../links";
import { AuthForm } from "./auth-form";
import { AuthNotice } from "./auth-notice";
import { EmailInput } from "./email-input";

const TITLE = "Forgot your password?";

/** The way to a link that sets a new password: by mail, or where none are sent by the person who runs the site. */
export function ForgotPassword() {
  const config = useUiConfig();
  const [isDone, setDone] = useState(false);
  if (!config) return null;
  if (!config.mail)
    return (
      <AuthNotice title={TITLE} foot={<BackToSignIn />}>
        This site sends no mail. Ask the person who runs it for a link: with it you set a new
        password yourself.
      </AuthNotice>
    );
  if (isDone)
    return (
      <AuthNotice title="Look into your mailbox" foot={<BackToSignIn />}>
        If there is an account with this address, a link is on its way; it is good for an hour.
      </AuthNotice>
    );
  return <ForgotPasswordForm onDone={() => setDone(true)} />;
}

function BackToSignIn() {
  return (
    <TextLink href="/sign-in" fz="inherit" underline="always">
      Back to sign in
    </TextLink>
  );
}

function ForgotPasswordForm({ onDone }: { onDone: () => void }) {
  const form = useForm({
    initialValues: { email: "" },
    validate: { email: isEmail("Enter your email address.") },
  });

  async function submit() {
    if (form.validate().hasErrors) return undefined;
    const { error } = await authClient.requestPasswordReset(form.values);
    return error ? authErrorText(error) : null;
  }

  return (
    <AuthForm
      title={TITLE}
      hint="We mail you a link that lets you set a new one."
      submitLabel="Send link"
      other={{ question: "Remember it after all?", label: "Sign in", href: "/sign-in" }}
      onSubmit={submit}
      onDone={onDone}
    >
      <EmailInput {...form.getInputProps("email")} />
    </AuthForm>
  );
}
