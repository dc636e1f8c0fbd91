"use client";

import { Notifications } from "@mantine/notifications";
import { NOTICE_MS } from "@/lib/notice-time";
import classes from "./notices.module.css";

/** The notices of what was done and what did not work, the latest below. */
export function NoticeList() {
  return (
    <Notifications
      autoClose={NOTICE_MS}
      className={classes.notices}
      position="bottom-left"
      containerWidth={380}
      zIndex={400}
    />
  );
}
