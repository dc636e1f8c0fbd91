import classes from "./logo.module.css";

/** The mark (a stack of two lines, the upper one done) and the name. */
export function Logo({ size = 26 }: { size?: number }) {
  return (
    <span className={classes.logo}>
      <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true">
        <rect width="32" height="32" rx="9" fill="var(--mantine-color-pine-7)" />
        <path
          d="M8.5 11.5l2.6 2.6 4.9-5.2"
          fill="none"
          stroke="#fff"
          strokeWidth="2.6"
          strokeLinecap="round"
          strokeLinejoin="round"
        />
        <path
          d="M19.5 11.5h4.5"
          stroke="#fff"
          strokeOpacity=".55"
          strokeWidth="2.6"
          strokeLinecap="round"
        />
        <path d="M8.5 21.5h15.5" stroke="#fff" strokeWidth="2.6" strokeLinecap="round" />
      </svg>
      Todo Stack
    </span>
  );
}
