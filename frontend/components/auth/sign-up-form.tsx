import { Anchor } from "@mantine/core";
import { AuthForm } from "./auth-form";
import { AuthNotice } from "./auth-notice";
import { EmailField, HiddenField, NameField, NewPasswordField } from "./fields";

/**
 * The way to an account, where there is one: for everybody, for who asks for a link by mail, or for who has one.
 * `visitor/pages.ts` shows what is said to be for one of them (`data-when`).
 */
export function SignUp() {
  return (
    <>
      <AuthForm
        title="Create your list"
        hint={
          <>
            <span data-when="open">An email address and a password are all it takes.</span>
            <span data-when="confirmed" hidden>
              We mail you a link with which you go on.
            </span>
            <span data-when="invited" hidden>
              You are invited. A name and a password are all it takes.
            </span>
          </>
        }
        submitLabel={
          <>
            <span data-when="open invited">Create account</span>
            <span data-when="confirmed" hidden>
              Send link
            </span>
          </>
        }
        endpoint="/sign-up/email"
        next="/app"
        other={{ question: "Already have an account?", label: "Sign in", href: "/sign-in" }}
      >
        <div data-when="open invited">
          <NameField />
        </div>
        <EmailField />
        <div data-when="open invited">
          <NewPasswordField name="password" label="Password" />
        </div>
        <HiddenField name="timeZone" />
        {/* Makes an account for one address and no other. */}
        <HiddenField name="invitation" />
      </AuthForm>
      <AuthNotice view="done" title="Look into your mailbox" foot={<SignInInstead />}>
        A mail is on its way to this address. It says how you go on; a link in it is good for an
        hour.
      </AuthNotice>
      <AuthNotice view="closed" title="Sign-up is closed" foot={<SignInInstead />}>
        Accounts are not made here. Ask the person who runs this site for one.
      </AuthNotice>
    </>
  );
}

function SignInInstead() {
  return (
    <>
      Already have an account?{" "}
      <Anchor href="/sign-in" fz="inherit" underline="always">
        Sign in
      </Anchor>
    </>
  );
}
