"use client";

import { ChatKit, useChatKit } from "@openai/chatkit-react";
import { useComputedColorScheme } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import {
  useEffect,
  useEffectEvent,
  useImperativeHandle,
  useRef,
  useState,
  type RefObject,
} from "react";
import { timeZone } from "@/lib/time-zone";
import { refetchChanged } from "@/lib/api/query-client";
import { NEW_CHAT } from "@/lib/places/places";
import { nameChat, useNamedChat } from "@/lib/places/use-place";
import { TASKS } from "@/lib/tasks/keys";
import type { ChatHandle } from "./chat-handle";

interface OpenAiChatProps {
  domainKey: string;
  handleRef?: RefObject<ChatHandle | null>;
  onReady: () => void;
}

/** OpenAI's ChatKit over the same endpoint as our own panel, at the conversation that the address names. */
export function OpenAiChat({ domainKey, handleRef, onReady }: OpenAiChatProps) {
  const client = useQueryClient();
  const theme = useComputedColorScheme("light");
  const refreshTasks = () => void refetchChanged(client, TASKS);
  const named = useNamedChat();
  const wanted = named === NEW_CHAT ? null : named;
  const [first] = useState(wanted);
  /** The conversation that it shows. */
  const shown = useRef(first);
  const { control, focusComposer, sendUserMessage, setThreadId } = useChatKit({
    api: { url: "/chatkit", domainKey, fetch: fetchWithTimeZone },
    theme,
    initialThread: first,
    startScreen: {
      greeting: "What needs doing?",
      prompts: [
        {
          label: "Add a task to buy groceries tomorrow",
          prompt: "Add a task to buy groceries tomorrow",
        },
        { label: "What’s due today?", prompt: "What’s due today?" },
      ],
    },
    onReady,
    onThreadChange: ({ threadId }) => {
      shown.current = threadId;
      if (threadId !== wanted) nameChat(threadId ?? NEW_CHAT);
    },
    onEffect: refreshTasks,
    onResponseEnd: refreshTasks,
  });
  const follow = useEffectEvent((id: string | null) => {
    if (id !== shown.current) void setThreadId(id);
  });
  useEffect(() => follow(wanted), [wanted]);
  useImperativeHandle(
    handleRef,
    () => ({
      focus: () => void focusComposer(),
      say: (text) => void sendUserMessage({ text }),
      startNew: () => void setThreadId(null).then(focusComposer),
    }),
    [focusComposer, sendUserMessage, setThreadId],
  );
  return <ChatKit control={control} style={{ width: "100%", height: "100%" }} />;
}

/** "Tomorrow" is the person's, not the server's. */
function fetchWithTimeZone(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
  const headers = new Headers(init?.headers);
  headers.set("X-Time-Zone", timeZone());
  return fetch(input, { ...init, headers });
}
