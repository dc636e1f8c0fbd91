"use client";

import { NativeSelect } from "@mantine/core";
import { useState } from "react";
import { authClient } from "@/lib/auth/client";
import { browserTimeZone } from "@/lib/browser-time-zone";
import { knownTimeZones } from "@/lib/time-zone";
import { Section } from "./section";
import { useSaving } from "./use-saving";

/** Stands for no zone of the account's own. */
const BROWSER = "browser";

/** Whose midnight ends a day. */
export function TimeZoneField({ zone }: { zone: string | null | undefined }) {
  const [error, setError] = useState<string | null>(null);
  const { isBusy, save } = useSaving("Your time zone is saved.", setError);
  const known = knownTimeZones(...(zone ? [zone] : []));
  const choices = [
    { value: BROWSER, label: `As this browser has it: ${browserTimeZone()}` },
    ...known.map((name) => ({ value: name, label: name })),
  ];

  function choose(value: string) {
    setError(null);
    void save(authClient.updateUser({ timeZone: value === BROWSER ? null : value }));
  }

  return (
    <Section title="Time zone" hint="What “today” and “5 pm” mean, here and to the assistant.">
      <NativeSelect
        label="Time zone"
        data={choices}
        value={zone ?? BROWSER}
        onChange={({ currentTarget }) => choose(currentTarget.value)}
        disabled={isBusy}
        error={error}
      />
    </Section>
  );
}
