import type { ReactNode } from "react";
import classes from "./auth.module.css";

interface AuthNoticeProps {
  title: string;
  children: ReactNode;
  foot?: ReactNode;
}

/** What stands in the place of a form that is not there, or not there any more. */
export function AuthNotice({ title, children, foot }: AuthNoticeProps) {
  return (
    <div className={classes.card} role="status">
      <h1 className={classes.title}>{title}</h1>
      <p className={classes.hint}>{children}</p>
      {foot && <p className={classes.foot}>{foot}</p>}
    </div>
  );
}
