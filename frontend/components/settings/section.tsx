import { useId, type ReactNode } from "react";
import classes from "./settings.module.css";

interface SectionProps {
  title: string;
  hint?: ReactNode;
  children: ReactNode;
}

/** One subject of the settings. */
export function Section({ title, hint, children }: SectionProps) {
  const id = useId();
  return (
    <section aria-labelledby={id} className={classes.section}>
      <h2 id={id} className={classes.heading}>
        {title}
      </h2>
      {hint && <p className={classes.hint}>{hint}</p>}
      {children}
    </section>
  );
}
