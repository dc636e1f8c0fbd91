import { Anchor, Button } from "@mantine/core";
import { AuthForm } from "./auth-form";
import { AuthNotice } from "./auth-notice";
import { HiddenField, NewPasswordField } from "./fields";

const OTHER_LINK = {
  question: "Does the link not work?",
  label: "Ask for another one",
  href: "/forgot-password",
};

/** Where a link to set a new password leads. */
export function ResetPassword() {
  return (
    <>
      <AuthForm
        title="Set a new password"
        hint={
          <>
            For <span data-whose>your account</span>.
          </>
        }
        submitLabel="Set password"
        endpoint="/reset-password"
        other={OTHER_LINK}
        hidden
      >
        {/* Whom a password manager keeps the password for. */}
        <input type="email" autoComplete="username" readOnly hidden data-username />
        <HiddenField name="token" />
        <NewPasswordField name="newPassword" label="New password" />
      </AuthForm>
      <AuthNotice
        view="incomplete"
        title="This link is incomplete"
        foot={
          <Anchor href={OTHER_LINK.href} fz="inherit" underline="always">
            {OTHER_LINK.label}
          </Anchor>
        }
      >
        Open it again as it was given to you, to its last character, or ask for another one.
      </AuthNotice>
      <AuthNotice view="done" title="Your password is set">
        It is the new one from now on, and every browser that was signed in has to sign in again.
        <Button component="a" href="/sign-in" mt="lg" display="block" w="fit-content">
          Sign in
        </Button>
      </AuthNotice>
    </>
  );
}
