import { Group } from "@mantine/core";
import type { ReactNode } from "react";
import { ButtonLink } from "./links";
import { Logo } from "./logo";
import auth from "./auth/auth.module.css";

/** A page that has one thing to say, and the way back. */
export function Message({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div className={auth.page}>
      <header className={auth.header}>
        <Logo />
      </header>
      <main className={auth.main}>
        <div className={auth.card}>
          <h1 className={auth.title}>{title}</h1>
          <p className={auth.hint}>{children}</p>
          <Group>
            <ButtonLink href="/app">Open your list</ButtonLink>
          </Group>
        </div>
      </main>
    </div>
  );
}
