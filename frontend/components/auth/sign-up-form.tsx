"use client";

import { TextInput } from "@mantine/core";
import { isEmail, isNotEmpty, useForm } from "@mantine/form";
import { authClient } from "@/lib/auth/client";
import { authErrorText } from "@/lib/auth/error-text";
import { passwordProblem } from "@/lib/auth/password-rules";
import { browserTimeZone } from "@/lib/time-zone";
import { useUiConfig } from "@/lib/ui-config";
import { TextLink } from "../links";
import { AuthForm } from "./auth-form";
import { AuthNotice } from "./auth-notice";
import { EmailInput } from "./email-input";
import { NewPasswordInput } from "./new-password-input";
import { useEarlyInput } from "./use-early-input";
import { useLink } from "./use-link";

/** The way to an account, where there is one: for everybody, or for who has a link. */
export function SignUp() {
  const isClosed = useUiConfig()?.signUp === "closed";
  const link = useLink();
  const invitation = link?.get("invitation");
  if (isClosed && !invitation) return <SignUpClosed />;
  // One form: what was typed before the page knew of its link stays.
  return (
    <SignUpForm
      invitation={invitation ? { invitation, email: link?.get("email") ?? "" } : undefined}
    />
  );
}

function SignUpClosed() {
  return (
    <AuthNotice
      title="Sign-up is closed"
      foot={
        <>
          Already have an account?{" "}
          <TextLink href="/sign-in" fz="inherit" underline="always">
            Sign in
          </TextLink>
        </>
      }
    >
      Accounts are not made here. Ask the person who runs this site for one.
    </AuthNotice>
  );
}

interface SignUpFormProps {
  /** It makes an account for its address and no other. */
  invitation?: { invitation: string; email: string };
}

function SignUpForm({ invitation }: SignUpFormProps) {
  const form = useForm({
    initialValues: { name: "", email: "", password: "" },
    validate: {
      name: isNotEmpty("Tell us what to call you."),
      email: invitation ? () => null : isEmail("Enter your email address."),
      password: passwordProblem,
    },
  });

  useEarlyInput(form);

  async function submit() {
    if (form.validate().hasErrors) return undefined;
    const { error } = await authClient.signUp.email({
      ...form.values,
      timeZone: browserTimeZone(),
      ...invitation,
    });
    return error ? authErrorText(error) : null;
  }

  return (
    <AuthForm
      title="Create your list"
      hint={
        invitation
          ? "You are invited. A name and a password are all it takes."
          : "An email address and a password are all it takes."
      }
      submitLabel="Create account"
      other={{ question: "Already have an account?", label: "Sign in", href: "/sign-in" }}
      onSubmit={submit}
    >
      <TextInput label="Name" autoComplete="name" size="md" {...form.getInputProps("name")} />
      <EmailInput
        {...(invitation
          ? { value: invitation.email, readOnly: true }
          : form.getInputProps("email"))}
      />
      <NewPasswordInput label="Password" size="md" {...form.getInputProps("password")} />
    </AuthForm>
  );
}
