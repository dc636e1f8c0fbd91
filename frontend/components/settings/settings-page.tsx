"use client";

import { Alert, Skeleton } from "@mantine/core";
import { authClient } from "@/lib/auth/client";
import { authErrorText } from "@/lib/auth/error-text";
import { useSessions } from "@/lib/auth/sessions";
import { TextLink } from "../links";
import { AppHeader } from "../shell/app-header";
import { useFreshPage } from "../shell/use-fresh-page";
import { useSignedOut } from "../shell/use-signed-out";
import { DataSection } from "./data-section";
import { DeleteAccountSection } from "./delete-account-section";
import { PasswordForm } from "./password-form";
import { ProfileForm } from "./profile-form";
import { SessionList } from "./session-list";
import classes from "./settings.module.css";
import { TimeZoneField } from "./time-zone-field";

/** What a person decides about their account. */
export function SettingsPage() {
  useFreshPage();
  useSignedOut();
  return (
    <div className={classes.page}>
      <AppHeader />
      <main className={classes.main}>
        <TextLink href="/app">Back to your list</TextLink>
        <h1 className={classes.title}>Settings</h1>
        <Settings />
      </main>
    </div>
  );
}

function Settings() {
  const { data, error } = authClient.useSession();
  const sessions = useSessions();
  if (error && !data)
    return (
      <Alert color="red" variant="light" role="alert">
        {authErrorText(error)}
      </Alert>
    );
  if (!data) return <Skeleton height={420} radius="md" />;
  const { user, session } = data;
  return (
    <>
      <ProfileForm name={user.name} email={user.email} />
      <TimeZoneField zone={user.timeZone} />
      <PasswordForm email={user.email} />
      <SessionList sessions={sessions.data} error={sessions.error} currentId={session.id} />
      <DataSection />
      <DeleteAccountSection />
    </>
  );
}
