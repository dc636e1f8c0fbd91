import { Anchor } from "@mantine/core";
import { AuthForm } from "./auth-form";
import { EmailField, PasswordField } from "./fields";

export function SignInForm() {
  return (
    <AuthForm
      title="Welcome back"
      hint="Sign in to your list."
      submitLabel="Sign in"
      endpoint="/sign-in/email"
      next="/app"
      other={{ question: "New here?", label: "Create an account", href: "/sign-up" }}
    >
      <EmailField />
      <PasswordField />
      <Anchor href="/forgot-password" fz="sm" w="fit-content">
        Forgot your password?
      </Anchor>
    </AuthForm>
  );
}
