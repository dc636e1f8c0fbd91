import { Alert, Anchor, Button, Stack } from "@mantine/core";
import type { ReactNode } from "react";
import classes from "./auth.module.css";

interface AuthFormProps {
  title: string;
  hint: ReactNode;
  submitLabel: ReactNode;
  /** Which endpoint of Better Auth gets what is in the fields. */
  endpoint: string;
  /** The page that follows when it worked; without one, it is this page's view `done`. */
  next?: string;
  other: { question: string; label: string; href: string };
  children: ReactNode;
  /** Whether the page begins without it. */
  hidden?: boolean;
}

/** The frame that these forms share: fields, one error, one button, the way to the other page. `visitor/form.ts` sends it. */
export function AuthForm({
  title,
  hint,
  submitLabel,
  endpoint,
  next,
  other,
  children,
  hidden,
}: AuthFormProps) {
  return (
    <div className={classes.card} data-view="form" hidden={hidden}>
      <h1 className={classes.title}>{title}</h1>
      <p className={classes.hint}>{hint}</p>
      {/* Whatever happens, nothing that is typed stands in an address. */}
      <form
        noValidate
        method="post"
        className={classes.form}
        data-endpoint={endpoint}
        data-next={next}
      >
        <Stack gap="md">
          {children}
          <div data-refusal hidden>
            <Alert color="red" variant="light" role="alert">
              <span data-words />
            </Alert>
          </div>
          {/* Before the page's script has come, a browser would send the form itself, and what was typed be gone. */}
          <Button type="button" inert size="md" fullWidth className={classes.submit}>
            {submitLabel}
          </Button>
        </Stack>
      </form>
      <p className={classes.foot} data-other>
        {other.question}{" "}
        <Anchor href={other.href} fz="inherit" underline="always">
          {other.label}
        </Anchor>
      </p>
    </div>
  );
}
