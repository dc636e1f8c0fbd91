"use client";

import { ActionIcon, Group, Tooltip } from "@mantine/core";
import { useImperativeHandle, useRef, useState, type RefObject } from "react";
import { flushSync } from "react-dom";
import { useConversation } from "@/lib/chat/use-conversation";
import { onDemand } from "@/lib/on-demand";
import { showFailure } from "@/lib/notices";
import { IconHistory, IconMessagePlus, IconX } from "../icons";
import type { ChatHandle } from "./chat-handle";
import { Composer } from "./composer";
import { MessageList } from "./message-list";
import classes from "./chat-panel.module.css";

const { Part: ThreadHistory, useIsReady } = onDemand(() =>
  import("./thread-history").then(({ ThreadHistory }) => ThreadHistory),
);

interface ChatPanelProps {
  handleRef: RefObject<ChatHandle | null>;
}

/** Our own chat: one conversation, or the list of all of them. */
export function ChatPanel({ handleRef }: ChatPanelProps) {
  const chat = useConversation();
  const composerRef = useRef<HTMLTextAreaElement>(null);
  const [wantsHistory, setShowsHistory] = useState(false);
  const isHistoryReady = useIsReady(wantsHistory);
  const showsHistory = wantsHistory && isHistoryReady;
  // Kept here: it must survive a look into the history.
  const [draft, setDraft] = useState("");
  const title = showsHistory ? "Conversations" : (chat.thread?.title ?? "Assistant");

  async function open(id: string) {
    try {
      await chat.open(id);
      setShowsHistory(false);
    } catch (error) {
      showFailure("The conversation could not be opened", error as Error);
    }
  }

  function focus() {
    // The composer must be there to take it.
    flushSync(() => setShowsHistory(false));
    composerRef.current?.focus();
  }

  function startNew() {
    chat.startNew();
    focus();
  }

  function say(text: string) {
    if (chat.running) setDraft((now) => (now.trim() ? `${now}\n${text}` : text));
    else void chat.send(text);
    focus();
  }

  useImperativeHandle(handleRef, () => ({ focus, say, startNew }));

  return (
    <section className={classes.panel} aria-label="Chat">
      <header className={classes.header}>
        <h2 className={classes.title}>{title}</h2>
        <Group gap={2} wrap="nowrap">
          <Tooltip label="New conversation">
            <ActionIcon
              variant="subtle"
              color="gray"
              size="lg"
              aria-label="New conversation"
              onClick={startNew}
            >
              <IconMessagePlus size={19} stroke={1.6} />
            </ActionIcon>
          </Tooltip>
          <Tooltip label={showsHistory ? "Back to the conversation" : "All conversations"}>
            <ActionIcon
              variant="subtle"
              color="gray"
              size="lg"
              aria-label={showsHistory ? "Back to the conversation" : "All conversations"}
              onClick={() => setShowsHistory(!showsHistory)}
            >
              {showsHistory ? (
                <IconX size={19} stroke={1.6} />
              ) : (
                <IconHistory size={19} stroke={1.6} />
              )}
            </ActionIcon>
          </Tooltip>
        </Group>
      </header>
      {showsHistory ? (
        <ThreadHistory
          currentId={chat.thread?.id ?? null}
          onOpen={open}
          onRename={chat.rename}
          onDelete={chat.remove}
        />
      ) : (
        <>
          <MessageList chat={chat} />
          <Composer
            inputRef={composerRef}
            text={draft}
            onText={setDraft}
            running={chat.running}
            onSend={chat.send}
            onStop={chat.stop}
          />
        </>
      )}
    </section>
  );
}
