"use client";

import { Tabs } from "@mantine/core";
import { useHotkeys, useMounted } from "@mantine/hooks";
import { useRef, useState } from "react";
import { useLiveTasks } from "@/lib/tasks/live";
import { useTimeZone } from "@/lib/time-zone";
import { ChatArea } from "../chat/chat-area";
import { IconListCheck, IconMessageCircle } from "../icons";
import { ListSkeleton } from "../tasks/list-states";
import { TaskPanel } from "../tasks/task-panel";
import { AppHeader } from "./app-header";
import { useFreshPage } from "./use-fresh-page";
import { useSignedOut } from "./use-signed-out";
import classes from "./workspace.module.css";

/** The app: tasks beside the chat, or one of them at a time on a phone. */
export function Workspace() {
  const [tab, setTab] = useState<string | null>("tasks");
  const composerRef = useRef<HTMLTextAreaElement>(null);
  // The page is built ahead; dates and time zones are the browser's to know.
  const mounted = useMounted();
  const zone = useTimeZone();

  useFreshPage();
  useLiveTasks();
  const shown = !useSignedOut() && mounted;

  useHotkeys([
    [
      "c",
      () => {
        setTab("chat");
        // The panel may have been hidden until now.
        requestAnimationFrame(() => composerRef.current?.focus());
      },
    ],
  ]);

  return (
    <Tabs
      value={tab}
      onChange={setTab}
      keepMounted
      className={classes.app}
      classNames={{ tab: classes.tab, tabLabel: classes.tabLabel }}
    >
      <AppHeader />
      <div className={classes.body}>
        <main className={classes.tasks} data-shown={tab === "tasks" || undefined}>
          {shown ? (
            <TaskPanel key={zone} />
          ) : (
            <div className={classes.placeholder}>
              <ListSkeleton />
            </div>
          )}
        </main>
        <aside className={classes.chat} data-shown={tab === "chat" || undefined}>
          {shown && <ChatArea composerRef={composerRef} />}
        </aside>
      </div>
      <nav className={classes.tabs} aria-label="Parts of the app">
        <Tabs.List grow>
          <Tabs.Tab
            value="tasks"
            inert={!mounted}
            leftSection={<IconListCheck size={19} stroke={1.6} />}
          >
            Tasks
          </Tabs.Tab>
          <Tabs.Tab
            value="chat"
            inert={!mounted}
            leftSection={<IconMessageCircle size={19} stroke={1.6} />}
          >
            Chat
          </Tabs.Tab>
        </Tabs.List>
      </nav>
    </Tabs>
  );
}
