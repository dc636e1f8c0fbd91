"use client";

import { Alert, Badge, Button, Skeleton } from "@mantine/core";
import { useEndSession, type Session } from "@/lib/auth/sessions";
import { showFailure } from "@/lib/notices";
import { useTimeZone } from "@/lib/time-zone";
import { deviceName } from "@/lib/user-agent";
import { Section } from "./section";
import classes from "./settings.module.css";

interface SessionListProps {
  sessions: Session[] | undefined;
  error: Error | null;
  currentId: string;
}

/** Where the account is signed in, and the end of what should not be. */
export function SessionList({ sessions, error, currentId }: SessionListProps) {
  const end = useEndSession();
  const timeZone = useTimeZone();
  const time = new Intl.DateTimeFormat(undefined, {
    timeZone,
    dateStyle: "medium",
    timeStyle: "short",
  });

  const endOne = (token: string | null) =>
    end.mutate(token, { onError: (problem) => showFailure("Nothing was ended", problem) });

  return (
    <Section
      title="Sessions"
      hint="Where you are signed in. One that is ended here has to sign in again at once."
    >
      {error && (
        <Alert color="red" variant="light" role="alert">
          {error.message}
        </Alert>
      )}
      {!sessions && !error && <Skeleton height={120} radius="md" />}
      <ul className={classes.sessions}>
        {sessions?.map(({ id, token, userAgent, createdAt }) => {
          const device = deviceName(userAgent);
          const since = time.format(createdAt);
          return (
            <li key={id} className={classes.session}>
              <div className={classes.device}>
                <span>{device}</span>
                <span className={classes.since}>since {since}</span>
              </div>
              {id === currentId ? (
                <Badge variant="light" tt="none">
                  This browser
                </Badge>
              ) : (
                <Button
                  variant="default"
                  size="xs"
                  aria-label={`End the session of ${device} since ${since}`}
                  disabled={end.isPending}
                  onClick={() => endOne(token)}
                >
                  End
                </Button>
              )}
            </li>
          );
        })}
      </ul>
      {sessions && sessions.length > 1 && (
        <Button variant="default" disabled={end.isPending} onClick={() => endOne(null)}>
          End all others
        </Button>
      )}
    </Section>
  );
}
