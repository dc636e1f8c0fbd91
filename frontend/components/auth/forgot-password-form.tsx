import { Anchor } from "@mantine/core";
import { AuthForm } from "./auth-form";
import { AuthNotice } from "./auth-notice";
import { EmailField } from "./fields";

const TITLE = "Forgot your password?";

/** The way to a link that sets a new password: by mail, or where none are sent by the person who runs the site. */
export function ForgotPassword() {
  return (
    <>
      <AuthForm
        title={TITLE}
        hint="We mail you a link that lets you set a new one."
        submitLabel="Send link"
        endpoint="/request-password-reset"
        other={{ question: "Remember it after all?", label: "Sign in", href: "/sign-in" }}
        hidden
      >
        <EmailField />
      </AuthForm>
      <AuthNotice view="no-mail" title={TITLE} foot={<BackToSignIn />}>
        This site sends no mail. Ask the person who runs it for a link: with it you set a new
        password yourself.
      </AuthNotice>
      <AuthNotice view="done" title="Look into your mailbox" foot={<BackToSignIn />}>
        If there is an account with this address, a link is on its way; it is good for an hour.
      </AuthNotice>
    </>
  );
}

function BackToSignIn() {
  return (
    <Anchor href="/sign-in" fz="inherit" underline="always">
      Back to sign in
    </Anchor>
  );
}
