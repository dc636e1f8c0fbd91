"use client";

import { PasswordInput } from "@mantine/core";
import { isEmail, isNotEmpty, useForm } from "@mantine/form";
import { authClient } from "@/lib/auth/client";
import { authErrorText } from "@/lib/auth/error-text";
import { useUiConfig } from "@/lib/ui-config";
import { TextLink } from "../links";
import { AuthForm } from "./auth-form";
import { EmailInput } from "./email-input";
import { useEarlyInput } from "./use-early-input";

const SIGN_UP = { question: "New here?", label: "Create an account", href: "/sign-up" };

export function SignInForm() {
  const isClosed = useUiConfig()?.signUp === "closed";
  const form = useForm({
    initialValues: { email: "", password: "" },
    validate: {
      email: isEmail("Enter your email address."),
      password: isNotEmpty("Enter your password."),
    },
  });

  useEarlyInput(form);

  async function submit() {
    if (form.validate().hasErrors) return undefined;
    const { error } = await authClient.signIn.email(form.values);
    return error ? authErrorText(error) : null;
  }

  return (
    <AuthForm
      title="Welcome back"
      hint="Sign in to your list."
      submitLabel="Sign in"
      other={isClosed ? undefined : SIGN_UP}
      onSubmit={submit}
    >
      <EmailInput {...form.getInputProps("email")} />
      <PasswordInput
        label="Password"
        autoComplete="current-password"
        size="md"
        {...form.getInputProps("password")}
      />
      <TextLink href="/forgot-password" fz="sm" w="fit-content">
        Forgot your password?
      </TextLink>
    </AuthForm>
  );
}
