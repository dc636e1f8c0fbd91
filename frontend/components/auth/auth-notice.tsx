import type { ReactNode } from "react";
import classes from "./auth.module.css";

interface AuthNoticeProps {
  /** By which `visitor/pages.ts` shows it. */
  view: string;
  title: string;
  children: ReactNode;
  foot?: ReactNode;
}

/** What stands in the place of a form that is not there, or not there any more. */
export function AuthNotice({ view, title, children, foot }: AuthNoticeProps) {
  return (
    <div className={classes.card} role="status" data-view={view} hidden>
      <h1 className={classes.title}>{title}</h1>
      <p className={classes.hint}>{children}</p>
      {foot && <p className={classes.foot}>{foot}</p>}
    </div>
  );
}
