"use client";

import { Button } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { idempotencyKey } from "@/lib/api/client";
import type { Task } from "@/lib/api/types";
import { authClient } from "@/lib/auth/client";
import { keptPerson } from "@/lib/auth/kept-person";
import { askWhenNetworkChanges, outbox, startOffline } from "@/lib/offline/start";
import { setOffline, useOffline } from "@/lib/offline/state";
import { fieldsInConflict, inWords, type Waiting } from "@/lib/offline/waiting";
import { registerWorker } from "@/lib/offline/worker";
import classes from "./offline.module.css";

/** Keeps what its person needs without the site, and shows what of theirs waits to be sent. */
export function Offline() {
  useKeeping();
  const { waiting, isCutOff } = useOffline();
  const refused = waiting.filter(({ refusal }) => refusal);
  const unsent = waiting.length - refused.length;
  return (
    <div className={classes.offline}>
      <div role="status" className={classes.count}>
        {unsent > 0 &&
          (isCutOff ? `${changes(unsent)} waiting to be sent` : `Sending ${changes(unsent)}…`)}
      </div>
      {refused.length > 0 && (
        <ul className={classes.list} aria-label="Changes that were not made">
          {refused.map((change) => (
            <Refused key={change.key} change={change} />
          ))}
        </ul>
      )}
    </div>
  );
}

const changes = (count: number) => (count === 1 ? "1 change" : `${count} changes`);

function useKeeping(): void {
  const client = useQueryClient();
  const { data, isPending } = authClient.useSession();
  const userId = data?.user.id;
  useEffect(registerWorker, []);
  useEffect(() => askWhenNetworkChanges(client), [client]);
  useOwnPage(userId);
  useEffect(() => {
    if (!userId) {
      if (!isPending) setOffline({ isReady: true });
      return;
    }
    let isOver = false;
    // A browser may refuse to keep anything: the page works as without this then.
    const started = startOffline(client, userId).catch(() => () => undefined);
    void started.then(() => isOver || setOffline({ isReady: true }));
    return () => {
      isOver = true;
      void started.then((stop) => stop());
    };
  }, [client, userId, isPending]);
}

/** Leaves the page to somebody else who has signed in, in another tab: it would mix what is theirs with what is not. */
function useOwnPage(userId: string | undefined): void {
  useEffect(() => {
    const look = () => {
      const present = keptPerson(window)?.user.id;
      if (userId && present && present !== userId) window.location.reload();
    };
    window.addEventListener("storage", look);
    return () => window.removeEventListener("storage", look);
  }, [userId]);
}

const LABELS: Record<ReturnType<typeof fieldsInConflict>[number], string> = {
  title: "Title",
  description: "Notes",
  priority: "Priority",
  due_date: "Date",
  due_time: "Time",
  tags: "Tags",
};

/** A change that was not made: why, both versions where there are two, and what can be done. */
function Refused({ change }: { change: Waiting }) {
  const { refusal } = change;
  if (!refusal) return null;
  const { kind, words, now } = refusal;
  const [again, discard] =
    kind === "conflict" ? ["Keep mine", "Keep theirs"] : ["Try again", "Discard"];
  return (
    <li className={classes.refused}>
      <p>
        <strong>{inWords(change)}</strong>: {words}
      </p>
      {now && <Versions change={change} now={now} />}
      <div className={classes.choices}>
        <Button
          variant="default"
          size="xs"
          onClick={() => void outbox()?.retry(change, idempotencyKey())}
        >
          {again}
        </Button>
        <Button
          variant="subtle"
          color="gray"
          size="xs"
          onClick={() => void outbox()?.discard(change)}
        >
          {discard}
        </Button>
      </div>
    </li>
  );
}

function Versions({ change, now }: { change: Waiting; now: Task }) {
  return (
    <dl className={classes.versions}>
      {fieldsInConflict(change, now).map((field) => (
        <div key={field}>
          <dt>{LABELS[field]}</dt>
          <dd>Yours: {valueWords(change.body?.[field])}</dd>
          <dd>Theirs: {valueWords(now[field])}</dd>
        </div>
      ))}
    </dl>
  );
}

const valueWords = (value: unknown) =>
  (Array.isArray(value) ? value.join(", ") : String(value ?? "")) || "none";
