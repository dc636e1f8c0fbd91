"use client";

import { Alert, Button, Stack } from "@mantine/core";
import { useMounted } from "@mantine/hooks";
import { useState, type FormEvent, type ReactNode } from "react";
import { TextLink } from "../links";
import classes from "./auth.module.css";

interface AuthFormProps {
  title: string;
  hint: string;
  submitLabel: string;
  other?: { question: string; label: string; href: string };
  children: ReactNode;
  /** Answers the words to show when it did not work, null when it did, undefined when nothing was sent. */
  onSubmit: () => Promise<string | null | undefined>;
  /** What follows when it worked: the list, where nothing else is given. */
  onDone?: () => void;
}

function openList() {
  // A full load: nothing of whoever was here before may show, and the router may remember that
  // /app led a visitor to this page.
  // eslint-disable-next-line @next/next/no-location-assign-relative-destination
  window.location.assign("/app");
}

/** The frame that these forms share: fields, one error, one button, the way to the other page. */
export function AuthForm({
  title,
  hint,
  submitLabel,
  other,
  children,
  onSubmit,
  onDone = openList,
}: AuthFormProps) {
  const [error, setError] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const mounted = useMounted();

  async function submit(event: FormEvent) {
    event.preventDefault();
    setError(null);
    setBusy(true);
    const result = await onSubmit();
    if (result === null) return onDone();
    setBusy(false);
    if (result) setError(result);
  }

  return (
    <div className={classes.card}>
      <h1 className={classes.title}>{title}</h1>
      <p className={classes.hint}>{hint}</p>
      <form onSubmit={submit} noValidate>
        <Stack gap="md">
          {children}
          {error && (
            <Alert color="red" variant="light" role="alert">
              {error}
            </Alert>
          )}
          {/* Before the page's script has come, a browser would send the form itself, and what was typed be gone. */}
          <Button
            type={mounted ? "submit" : "button"}
            inert={!mounted}
            size="md"
            loading={busy}
            fullWidth
          >
            {submitLabel}
          </Button>
        </Stack>
      </form>
      {other && (
        <p className={classes.foot}>
          {other.question}{" "}
          <TextLink href={other.href} fz="inherit" underline="always">
            {other.label}
          </TextLink>
        </p>
      )}
    </div>
  );
}
