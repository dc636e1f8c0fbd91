"use client";

import { useForm } from "@mantine/form";
import { useState } from "react";
import { authClient } from "@/lib/auth/client";
import { authErrorText } from "@/lib/auth/error-text";
import { passwordProblem } from "@/lib/auth/password-rules";
import { ButtonLink, TextLink } from "../links";
import { AuthForm } from "./auth-form";
import { AuthNotice } from "./auth-notice";
import { NewPasswordInput } from "./new-password-input";
import { useLink } from "./use-link";

const OTHER_LINK = {
  question: "Does the link not work?",
  label: "Ask for another one",
  href: "/forgot-password",
};

/** Where a link to set a new password leads. */
export function ResetPassword() {
  const link = useLink();
  const [isDone, setDone] = useState(false);
  if (link === null) return null;
  const token = link.get("token");
  if (isDone)
    return (
      <AuthNotice title="Your password is set">
        It is the new one from now on, and every browser that was signed in has to sign in again.
        <SignInButton />
      </AuthNotice>
    );
  if (!token)
    return (
      <AuthNotice title="This link is incomplete" foot={<AnotherLink />}>
        Open it again as it was given to you, to its last character, or ask for another one.
      </AuthNotice>
    );
  return (
    <ResetPasswordForm token={token} email={link.get("email") ?? ""} onDone={() => setDone(true)} />
  );
}

function AnotherLink() {
  return (
    <TextLink href={OTHER_LINK.href} fz="inherit" underline="always">
      {OTHER_LINK.label}
    </TextLink>
  );
}

function SignInButton() {
  return (
    <ButtonLink href="/sign-in" mt="lg" display="block" w="fit-content">
      Sign in
    </ButtonLink>
  );
}

interface ResetPasswordFormProps {
  token: string;
  email: string;
  onDone: () => void;
}

function ResetPasswordForm({ token, email, onDone }: ResetPasswordFormProps) {
  const form = useForm({
    initialValues: { newPassword: "" },
    validate: { newPassword: passwordProblem },
  });

  async function submit() {
    if (form.validate().hasErrors) return undefined;
    const { error } = await authClient.resetPassword({ ...form.values, token });
    return error ? authErrorText(error) : null;
  }

  return (
    <AuthForm
      title="Set a new password"
      hint={email ? `For ${email}.` : "For your account."}
      submitLabel="Set password"
      other={OTHER_LINK}
      onSubmit={submit}
      onDone={onDone}
    >
      {/* Whom a password manager keeps the password for. */}
      <input type="email" autoComplete="username" value={email} readOnly hidden />
      <NewPasswordInput label="New password" size="md" {...form.getInputProps("newPassword")} />
    </AuthForm>
  );
}
