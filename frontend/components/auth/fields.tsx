"use client";

import { Input, PasswordInput, TextInput, type PasswordInputProps } from "@mantine/core";
import type { ReactNode } from "react";
import type { Check } from "@/visitor/checks";
import classes from "./auth.module.css";
import { NewPasswordInput } from "./new-password-input";

/**
 * What every field of these forms has: its name, how it is checked and what is said when it is not right, and the place for
 * that, where Mantine has its own.
 */
function field(name: string, check?: Check, problem?: string) {
  return {
    id: name,
    name,
    size: "md",
    "data-check": check,
    "data-problem": problem,
    inputContainer: (input: ReactNode) => (
      <>
        {input}
        <Input.Error id={`${name}-error`} size="md" hidden className={classes.error} />
      </>
    ),
  } as const;
}

/** What somebody wants to be called. */
export function NameField() {
  return (
    <TextInput
      label="Name"
      autoComplete="name"
      {...field("name", "filled", "Tell us what to call you.")}
    />
  );
}

/** Where somebody gives the address of their account. */
export function EmailField() {
  return (
    <TextInput
      label="Email"
      type="email"
      autoComplete="email"
      {...field("email", "address", "Enter your email address.")}
    />
  );
}

/** Where somebody gives the password that they have. */
export function PasswordField() {
  return (
    <PasswordInput
      label="Password"
      autoComplete="current-password"
      visibilityToggleIcon={VisibilityIcon}
      {...field("password", "filled", "Enter your password.")}
    />
  );
}

/** Where somebody thinks up a password. */
export function NewPasswordField({ name, label }: { name: string; label: string }) {
  return (
    <NewPasswordInput
      label={label}
      visibilityToggleIcon={VisibilityIcon}
      {...field(name, "password")}
    />
  );
}

/** What the page's script fills in before the form is sent; a form is sent without it otherwise. */
export function HiddenField({ name }: { name: string }) {
  return <input type="hidden" name={name} disabled />;
}

/** Mantine's two icons at once: its own component draws another with each press, which needs React in the browser. */
const VisibilityIcon: PasswordInputProps["visibilityToggleIcon"] = () => (
  <svg
    viewBox="0 0 256 256"
    className={classes.eye}
    fill="none"
    stroke="currentColor"
    strokeLinecap="round"
    strokeLinejoin="round"
    strokeWidth="16"
    aria-hidden="true"
  >
    <g>
      <path d="M128 56c-80 0-112 72-112 72s32 72 112 72 112-72 112-72-32-72-112-72z" />
      <circle cx="128" cy="128" r="40" />
    </g>
    <g>
      <path d="M48 40l160 176M154.91 157.6a40 40 0 01-53.82-59.2M135.53 88.71a40 40 0 0132.3 35.53" />
      <path d="M208.61 169.1C230.41 149.58 240 128 240 128s-32-72-112-72a126 126 0 00-20.68 1.68M74 68.6C33.23 89.24 16 128 16 128s32 72 112 72a118.05 118.05 0 0054-12.6" />
    </g>
  </svg>
);
