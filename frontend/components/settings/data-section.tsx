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
          <Button
            component="a"
            href="/api/me/export?format=json"
            download
            variant="default"
            mih={44}
          >
            Download everything as JSON
          </Button>
          <Button
            component="a"
            href="/api/me/export?format=csv"
            download
            variant="default"
            mih={44}
          >
            Download tasks as CSV
          </Button>
        </Group>
        <ImportForm />
      </Stack>
    </Section>
  );
}
