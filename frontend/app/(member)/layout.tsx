import { Notifications } from "@mantine/notifications";
import type { ReactNode } from "react";
import classes from "@/components/notices.module.css";
import { NOTICE_MS } from "@/lib/notice-time";

/** The pages of whoever is signed in: what is done there is told in notices. */
export default function MemberLayout({ children }: { children: ReactNode }) {
  return (
    <>
      <Notifications
        autoClose={NOTICE_MS}
        className={classes.notices}
        position="bottom-left"
        containerWidth={380}
        zIndex={400}
      />
      {children}
    </>
  );
}
