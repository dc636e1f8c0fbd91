import type { ReactNode } from "react";
import { ColorSchemeMenu } from "@/components/color-scheme-menu";
import { TextLink } from "@/components/links";
import { Logo } from "@/components/logo";
import classes from "@/components/auth/auth.module.css";

export default function AuthLayout({ children }: { children: ReactNode }) {
  return (
    <div className={classes.page}>
      <header className={classes.header}>
        <TextLink href="/" c="inherit" underline="never" aria-label="Todo Stack, home">
          <Logo />
        </TextLink>
        <ColorSchemeMenu />
      </header>
      <main className={classes.main}>{children}</main>
    </div>
  );
}
