import { Anchor } from "@mantine/core";
import type { ReactNode } from "react";
import { ColorMenu } from "@/components/color-menu";
import { Logo } from "@/components/logo";
import classes from "@/components/auth/auth.module.css";

export default function AuthLayout({ children }: { children: ReactNode }) {
  return (
    <div className={classes.page}>
      <header className={classes.header}>
        <Anchor href="/" c="inherit" underline="never" aria-label="Todo Stack, home">
          <Logo />
        </Anchor>
        <ColorMenu />
      </header>
      <main className={classes.main}>{children}</main>
    </div>
  );
}
