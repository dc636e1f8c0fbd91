import type { ReactNode } from "react";
import { Logo } from "./logo";
import auth from "./auth/auth.module.css";
import classes from "./message-page.module.css";

/** A page that has one thing to say, and the way back. Every page begins with it at hand: so it is made of little. */
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
          <a className={classes.link} href="/app">
            Open your list
          </a>
        </div>
      </main>
    </div>
  );
}
