"use client";

import { onDemand } from "@/lib/on-demand";

const { Part: NoticeList, useIsReady } = onDemand(() =>
  import("./notice-list").then(({ NoticeList }) => NoticeList),
);

/** Where notices are shown. Its code comes right after the page; what is told before waits for it. */
export function Notices() {
  return useIsReady(true) && <NoticeList />;
}
