"use client";

import { ActionIcon, Tabs } from "@mantine/core";
import { useDisclosure, useHotkeys, useMediaQuery, useMounted } from "@mantine/hooks";
import { useEffect, useRef } from "react";
import { showFailure } from "@/lib/notices";
import { onDemand } from "@/lib/on-demand";
import { usePlace } from "@/lib/places/use-place";
import { usePlaceKeys } from "@/lib/places/use-place-keys";
import { useLiveTasks } from "@/lib/tasks/live";
import { useTimeZone } from "@/lib/time-zone";
import type { ChatHandle } from "../chat/chat-handle";
import { IconListCheck, IconMenu, IconMessageCircle, IconSearch } from "../icons";
import { PlacePanel } from "../places/place-panel";
import { ListSkeleton } from "../tasks/list-states";
import { AppHeader } from "./app-header";
import { useFreshPage } from "./use-fresh-page";
import { useSignedOut } from "./use-signed-out";
import { useTab } from "./use-tab";
import classes from "./workspace.module.css";

const { Part: Sidebar, useIsReady: useSidebarIsReady } = onDemand(() =>
  import("../places/sidebar").then(({ Sidebar }) => Sidebar),
);
const { Part: Drawer, useIsReady: useDrawerIsReady } = onDemand(() =>
  import("../places/places-drawer").then(({ PlacesDrawer }) => PlacesDrawer),
);
const { Part: Palette, useIsReady: usePaletteIsReady } = onDemand(() =>
  import("../palette/palette").then(({ Palette }) => Palette),
);
const { Part: Offline, useIsReady: useOfflineIsReady } = onDemand(() =>
  import("../offline/offline").then(({ Offline }) => Offline),
);
const { Part: ChatArea, useIsReady: useChatIsReady } = onDemand(() =>
  import("../chat/chat-area").then(({ ChatArea }) => ChatArea),
);

/** The app: places, their tasks and the chat side by side, or one of them at a time on a phone. */
export function Workspace() {
  const [tab, setTab] = useTab();
  const chatRef = useRef<ChatHandle>(null);
  const listRef = useRef<HTMLElement>(null);
  // The page is built ahead; dates and time zones are the browser's to know.
  const mounted = useMounted();
  const zone = useTimeZone();
  const place = usePlace();
  const [showsMenu, menu] = useDisclosure(false);
  const [showsPalette, palette] = useDisclosure(false);
  const isWide = useMediaQuery("(min-width: 1100px)") ?? false;

  useFreshPage();
  useLiveTasks();
  usePlaceKeys();
  const shown = !useSignedOut() && mounted;
  useOfflineIsReady(shown);
  useChatIsReady(shown);
  useSidebarIsReady(shown && isWide);
  const isDrawerReady = useDrawerIsReady(showsMenu);
  const isPaletteReady = usePaletteIsReady(showsPalette);
  useEffect(() => {
    if (listRef.current) listRef.current.scrollTop = 0;
  }, [place]);

  function showPlace() {
    menu.close();
    setTab("tasks");
    // The button of the menu, which the focus goes back to, says nothing of where one is.
    requestAnimationFrame(() =>
      listRef.current?.querySelector<HTMLElement>("[data-place-heading]")?.focus(),
    );
  }

  function withChat(act: (chat: ChatHandle) => void, onMissing?: () => void) {
    setTab("chat");
    // The panel may have been hidden until now.
    requestAnimationFrame(() => (chatRef.current ? act(chatRef.current) : onMissing?.()));
  }

  const ask = (text: string) =>
    withChat(
      (chat) => chat.say(text),
      () => showFailure("The chat is not there yet", new Error("Try again in a moment.")),
    );

  function togglePalette() {
    if (showsPalette) palette.close();
    // What is before the page has the keys, and would close with the palette.
    else if (!document.querySelector("dialog[open], [role=dialog]")) palette.open();
  }

  useHotkeys([["c", () => withChat((chat) => chat.focus())]]);
  useHotkeys([["mod+k", togglePalette]], []);

  return (
    <Tabs
      value={tab}
      onChange={setTab}
      keepMounted
      className={classes.app}
      classNames={{ tab: classes.tab, tabLabel: classes.tabLabel }}
    >
      <AppHeader
        start={
          <ActionIcon
            className={classes.menu}
            variant="subtle"
            color="gray"
            size={44}
            aria-label="Lists"
            inert={!mounted}
            onClick={menu.open}
          >
            <IconMenu size={20} stroke={1.7} />
          </ActionIcon>
        }
        tools={
          <ActionIcon
            variant="subtle"
            color="gray"
            size={44}
            aria-label="Find or do anything"
            aria-keyshortcuts="Control+K Meta+K"
            title="Find or do anything (Ctrl K)"
            inert={!mounted}
            onClick={palette.open}
          >
            <IconSearch size={19} stroke={1.6} />
          </ActionIcon>
        }
      />
      <div className={classes.body}>
        <div className={classes.places}>{shown && isWide && <Sidebar place={place ?? null} />}</div>
        <main ref={listRef} className={classes.tasks} data-shown={tab === "tasks" || undefined}>
          {shown && <Offline />}
          {shown && place !== undefined ? (
            <PlacePanel key={zone} place={place} />
          ) : (
            <div className={classes.placeholder}>
              <ListSkeleton />
            </div>
          )}
        </main>
        <aside className={classes.chat} data-shown={tab === "chat" || undefined}>
          {shown && <ChatArea handleRef={chatRef} />}
        </aside>
      </div>
      {shown && isDrawerReady && (
        <Drawer opened={showsMenu} place={place ?? null} onOpen={showPlace} onClose={menu.close} />
      )}
      {shown && isPaletteReady && (
        <Palette
          opened={showsPalette}
          onClose={palette.close}
          place={place ?? null}
          onPlace={showPlace}
          onAsk={ask}
          onNewConversation={() => withChat((chat) => chat.startNew())}
        />
      )}
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
