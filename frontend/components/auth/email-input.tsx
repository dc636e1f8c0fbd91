import { TextInput, type TextInputProps } from "@mantine/core";

/** Where somebody gives the address of their account. */
export function EmailInput(props: TextInputProps) {
  return <TextInput label="Email" type="email" autoComplete="email" size="md" {...props} />;
}
