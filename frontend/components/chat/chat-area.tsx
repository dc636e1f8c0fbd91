"use client";

import dynamic from "next/dynamic";
import { useEffect, useState, type RefObject } from "react";
import { loadChatKit } from "@/lib/chat/load-chatkit";
import { useUiConfig } from "@/lib/ui-config";
import type { ChatHandle } from "./chat-handle";
import { ChatPanel } from "./chat-panel";
import classes from "./chat-area.module.css";

const OpenAiChat = dynamic(() => import("./openai-chat").then((module) => module.OpenAiChat), {
  ssr: false,
});

interface ChatAreaProps {
  handleRef: RefObject<ChatHandle | null>;
}

/**
 * The chat: our own panel at once, and OpenAI's ChatKit in its place when this site allows it, its
 * script loads, and nobody has begun to use ours.
 */
export function ChatArea({ handleRef }: ChatAreaProps) {
  const domainKey = useUiConfig()?.chatkit?.domainKey;
  const [isLoaded, setIsLoaded] = useState(false);
  const [isReady, setIsReady] = useState(false);
  const [isInUse, setIsInUse] = useState(false);

  useEffect(() => {
    if (domainKey) void loadChatKit().then(setIsLoaded);
  }, [domainKey]);

  const triesChatKit = isLoaded && !(isInUse && !isReady);
  // Our panel keeps its place among these, and with it what is in it.
  return (
    <>
      {domainKey && triesChatKit && (
        <div className={classes.area} hidden={!isReady}>
          <OpenAiChat
            domainKey={domainKey}
            handleRef={isReady ? handleRef : undefined}
            onReady={() => setIsReady(true)}
          />
        </div>
      )}
      {!(triesChatKit && isReady) && (
        <div className={classes.area} onFocusCapture={() => setIsInUse(true)}>
          <ChatPanel handleRef={handleRef} />
        </div>
      )}
    </>
  );
}
