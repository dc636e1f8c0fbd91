import { Anchor } from "@mantine/core";
import { AuthForm } from "./auth-form";
import { AuthNotice } from "./auth-notice";
import { EmailField, HiddenField, NameField, NewPasswordField } from "./fields";

/** The way to an account, where there is one: for everybody, or for who has a link. */
export function SignUp() {
  return (
    <>
      <AuthForm
        title="Create your list"
        hint={
          <>
            <span data-open>An email address and a password are all it takes.</span>
            <span data-invited hidden>
              You are invited. A name and a password are all it takes.
            </span>
          </>
        }
        submitLabel="Create account"
        endpoint="/sign-up/email"
        next="/app"
        other={{ question: "Already have an account?", label: "Sign in", href: "/sign-in" }}
      >
        <NameField />
        <EmailField />
        <NewPasswordField name="password" label="Password" />
        <HiddenField name="timeZone" />
        {/* Makes an account for one address and no other. */}
        <HiddenField name="invitation" />
      </AuthForm>
      <AuthNotice
        view="closed"
        title="Sign-up is closed"
        foot={
          <>
            Already have an account?{" "}
            <Anchor href="/sign-in" fz="inherit" underline="always">
              Sign in
            </Anchor>
          </>
        }
      >
        Accounts are not made here. Ask the person who runs this site for one.
      </AuthNotice>
    </>
  );
}
