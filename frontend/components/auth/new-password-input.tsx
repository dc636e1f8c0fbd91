import { PasswordInput, type PasswordInputProps } from "@mantine/core";

/** Where somebody thinks up a password. */
export function NewPasswordInput(props: PasswordInputProps) {
  return (
    <PasswordInput description="8 characters or more" autoComplete="new-password" {...props} />
  );
}
