"use client";

import { Button, Stack, TextInput } from "@mantine/core";
import { isNotEmpty, useForm } from "@mantine/form";
import { authClient } from "@/lib/auth/client";
import { Section } from "./section";
import { useSaving } from "./use-saving";

/** What the account is called. */
export function ProfileForm({ name, email }: { name: string; email: string }) {
  const form = useForm({
    initialValues: { name },
    validate: { name: isNotEmpty("Tell us what to call you.") },
  });
  const { isBusy, save } = useSaving("Your name is saved.", (text) =>
    form.setFieldError("name", text),
  );

  return (
    <Section title="Profile" hint={`You sign in as ${email}.`}>
      <form
        onSubmit={form.onSubmit((values) => void save(authClient.updateUser(values)))}
        noValidate
      >
        <Stack gap="md" align="flex-start">
          <TextInput label="Name" autoComplete="name" w="100%" {...form.getInputProps("name")} />
          <Button type="submit" loading={isBusy}>
            Save name
          </Button>
        </Stack>
      </form>
    </Section>
  );
}
