"use client";

import { ActionIcon, Group, Tooltip } from "@mantine/core";
import { useImperativeHandle, useRef, useState, type RefObject } from "react";
import { flushSync } from "react-dom";
import {
  useAddressedConversation,
  type ConversationControls,
} from "@/lib/chat/use-addressed-conversation";
import { useOffline } from "@/lib/offline/state";
import { onDemand } from "@/lib/on-demand";
import { useDraft } from "@/lib/use-draft";
import { IconHistory, IconMessagePlus, IconX } from "../icons";
import type { ChatHandle } from "./chat-handle";
import { Composer } from "./composer";
import { ConversationSkeleton, NotOpenedNote } from "./conversation-states";
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
  const chat = useAddressedConversation();
  const composerRef = useRef<HTMLTextAreaElement>(null);
  const [wantsHistory, setShowsHistory] = useState(false);
  const isHistoryReady = useIsReady(wantsHistory);
  const showsHistory = wantsHistory && isHistoryReady;
  // Kept here: it must survive a look into the history.
  const [draft, setDraft] = useDraft("message", "");
  const { isOpening, openingProblem } = chat;
  const { isCutOff } = useOffline();
  const isReady = !isOpening && !openingProblem;
  const takesMessages = isReady && !isCutOff;
  const title = titleOf(chat, showsHistory);

  function open(id: string) {
    setShowsHistory(false);
    chat.open(id);
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
    if (chat.running || !takesMessages) setDraft((now) => (now.trim() ? `${now}\n${text}` : text));
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
          {isOpening && <ConversationSkeleton />}
          {openingProblem && (
            <NotOpenedNote
              problem={openingProblem}
              onRetry={() => chat.open(openingProblem.id)}
              onNew={startNew}
            />
          )}
          {isReady && <MessageList chat={chat} />}
          {isCutOff && (
            <p className={classes.offline} role="status">
              You are offline. The assistant needs the connection; what you write stays here.
            </p>
          )}
          <Composer
            inputRef={composerRef}
            text={draft}
            onText={setDraft}
            running={isReady && chat.running}
            disabled={!takesMessages}
            onSend={chat.send}
            onStop={chat.stop}
          />
        </>
      )}
    </section>
  );
}

function titleOf(
  { thread, isOpening, openingProblem }: ConversationControls,
  showsHistory: boolean,
): string {
  if (showsHistory) return "Conversations";
  return (!isOpening && !openingProblem && thread?.title) || "Assistant";
}
