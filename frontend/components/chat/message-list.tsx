"use client";

import { Button, Loader, UnstyledButton } from "@mantine/core";
import { useEffect, useMemo, useRef } from "react";
import { textOf, toldTasks, withoutIds } from "@/lib/chat/conversation";
import type { ConversationControls } from "@/lib/chat/use-addressed-conversation";
import { IconSparkles } from "../icons";
import { AssistantMessage, useBesideIsReady, useMarkdownIsReady, UserMessage } from "./message";
import { showFailure } from "@/lib/notices";
import classes from "./message-list.module.css";

const SUGGESTIONS = [
  "Add a task to buy groceries tomorrow",
  "What’s due today?",
  "Show me all my tasks",
];

/** How close to the end counts as reading along, in pixels. */
const NEAR_END = 80;

/** What has been said, what is being said, and what went wrong. */
export function MessageList({ chat }: { chat: ConversationControls }) {
  const scroller = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const readsAlong = useRef(true);
  const lastTop = useRef(0);
  const { items, running, awaited, progress, notice, problem, unconfirmed } = chat;

  const isBesideReady = useBesideIsReady(
    items.some((item) => item.type === "assistant_message" && item.display),
  );

  useEffect(() => {
    // Whoever speaks wants to see it, and the answer.
    if (unconfirmed !== null) readsAlong.current = true;
  }, [unconfirmed]);
  useEffect(() => {
    // Whatever makes it longer: words, their setting, cards, and what becomes known of their tasks.
    const observer = new ResizeObserver(() => {
      const element = scroller.current;
      if (element && readsAlong.current) element.scrollTop = element.scrollHeight;
    });
    observer.observe(content.current!);
    return () => observer.disconnect();
  }, []);

  const isEmpty = items.length === 0 && unconfirmed === null && !running && !problem;
  const isMarkdownReady = useMarkdownIsReady(!isEmpty);
  // The same as long as no answer tells of another task: messages are drawn anew only when they change.
  const toldKey = JSON.stringify(toldTasks(items));
  const told = useMemo(() => JSON.parse(toldKey) as number[], [toldKey]);
  const isIdle = !running && !awaited && unconfirmed === null;
  const answering = running && items.at(-1)?.type === "assistant_message" && unconfirmed === null;

  return (
    <div
      ref={scroller}
      className={classes.scroller}
      onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) => {
        const isNearEnd = scrollHeight - scrollTop - clientHeight < NEAR_END;
        // What grew since it was scrolled to the end is no sign of somebody who scrolls up.
        if (isNearEnd || scrollTop < lastTop.current) readsAlong.current = isNearEnd;
        lastTop.current = scrollTop;
      }}
      // Long conversations scroll by keyboard too.
      tabIndex={0}
      role="log"
      aria-label="Messages"
      aria-busy={running || awaited}
    >
      <div ref={content} className={classes.content}>
        {isEmpty && <Welcome onPick={chat.send} />}
        {chat.hasEarlier && (
          <Button
            variant="subtle"
            color="gray"
            size="xs"
            className={classes.earlier}
            onClick={() =>
              void chat
                .loadEarlier()
                .catch((error: Error) => showFailure("Earlier messages could not be loaded", error))
            }
          >
            Show earlier messages
          </Button>
        )}
        {items.map((item) => {
          if (item.type === "user_message")
            return <UserMessage key={item.id} text={textOf(item)} />;
          if (item.type === "assistant_message") {
            return (
              <AssistantMessage
                key={item.id}
                text={running && item === items.at(-1) ? withoutIds(textOf(item)) : textOf(item)}
                display={item.display}
                isSet={isMarkdownReady}
                isBesideReady={isBesideReady}
                isOpen={isIdle && item === items.at(-1)}
                told={told}
                onSay={chat.send}
              />
            );
          }
          return null;
        })}
        {unconfirmed !== null && <UserMessage text={unconfirmed} />}
        {(awaited || (running && !answering)) && (
          <p className={classes.progress} role="status">
            <Loader size={15} type="dots" />
            {progress ?? "Thinking…"}
          </p>
        )}
        {notice && <p className={classes.notice}>{notice}</p>}
        {problem && (
          <div className={classes.problem} data-tone={problem.tone} role="alert">
            {problem.message}
            {problem.canRetry && (
              <Button
                variant="default"
                size="compact-sm"
                radius="xl"
                onClick={() => void chat.retry()}
              >
                Try again
              </Button>
            )}
          </div>
        )}
      </div>
    </div>
  );
}

function Welcome({ onPick }: { onPick: (text: string) => unknown }) {
  return (
    <div className={classes.welcome}>
      <IconSparkles size={26} stroke={1.4} />
      <h3>What needs doing?</h3>
      <p>I add, find, change, complete and delete tasks. Say it the way you would to a person.</p>
      {SUGGESTIONS.map((text) => (
        <UnstyledButton key={text} className={classes.suggestion} onClick={() => onPick(text)}>
          {text}
        </UnstyledButton>
      ))}
    </div>
  );
}
