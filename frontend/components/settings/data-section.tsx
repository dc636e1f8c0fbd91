"use client";

import { Button, Group, Stack } from "@mantine/core";
import { ImportForm } from "./import-form";
import { Section } from "./section";

/** All that is a person's, to take away and to bring back. */
export function DataSection() {
  return (
    <Section
      title="Your data"
      hint="JSON has everything: profile, tasks with the trash, changes and conversations. CSV has the tasks, for spreadsheets."
    >
      <Stack gap="lg">
        {/* Plain links: the browser writes the stream to the file that the server names, as it comes. */}
        <Group gap="xs">
          <Download format="json" label="Download everything as JSON" />
          <Download format="csv" label="Download tasks as CSV" />
        </Group>
        <ImportForm />
      </Stack>
    </Section>
  );
}

function Download({ format, label }: { format: "json" | "csv"; label: string }) {
  return (
    <Button
      component="a"
      href={`/api/me/export?format=${format}`}
      download
      variant="default"
      mih={44}
    >
      {label}
    </Button>
  );
}
