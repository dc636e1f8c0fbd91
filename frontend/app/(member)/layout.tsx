import { Notifications } from "@mantine/notifications";
import type { ReactNode } from "react";
import classes from "@/components/notices.module.css";

/** The pages of whoever is signed in: what is done there is told in notices. */
export default function MemberLayout({ children }: { children: ReactNode }) {
  return (
    <>
      <Notifications
        className={classes.notices}
        position="bottom-left"
        containerWidth={380}
        zIndex={400}
      />
      {children}
    </>
  );
}
