"use client";

import { useEffect, useEffectEvent, useState } from "react";
import { ApiError } from "../api/client";
import { NEW_CHAT } from "../places/places";
import { nameChat, openChat, useNamedChat } from "../places/use-place";
import { useConversation } from "./use-conversation";

/** Why the conversation of an address is not shown. */
export interface OpeningProblem {
  id: string;
  /** The server does not have it, or not for this user. */
  isGone: boolean;
  message: string;
}

/**
 * The conversation that the address names, so that it survives a reload and is found by the way back. The panel follows
 * the address; where that names none, or one that has not begun, it is given the name of the one that is shown.
 */
export function useAddressedConversation() {
  const chat = useConversation();
  const named = useNamedChat();
  const shown = chat.thread?.id ?? null;
  const [lastProblem, setLastProblem] = useState<OpeningProblem | null>(null);

  const isElsewhere = named !== null && named !== NEW_CHAT && named !== shown;
  const openingProblem = isElsewhere && lastProblem?.id === named ? lastProblem : null;

  function load(id: string): void {
    chat.open(id).then(
      () => setLastProblem(null),
      (error: Error) => {
        const isGone = error instanceof ApiError && error.status === 404;
        setLastProblem({ id, isGone, message: error.message });
      },
    );
  }

  const follow = useEffectEvent((address: string | null) => {
    if (address === NEW_CHAT) chat.startNew();
    else if (address !== null) load(address);
    else if (shown !== null) nameChat(shown);
  });
  useEffect(() => follow(named), [named]);

  const tell = useEffectEvent((id: string) => {
    if (id !== named) nameChat(id);
  });
  useEffect(() => {
    if (shown !== null) tell(shown);
  }, [shown]);

  function open(id: string) {
    if (id === named) load(id);
    else openChat(id);
  }

  function startNew() {
    chat.startNew();
    if (named !== null) openChat(NEW_CHAT);
  }

  async function remove(id: string) {
    await chat.remove(id);
    if (id === named) nameChat(NEW_CHAT);
  }

  return {
    ...chat,
    /** Whether the conversation of the address is on its way. */
    isOpening: isElsewhere && !openingProblem,
    openingProblem,
    open,
    startNew,
    remove,
  };
}

export type ConversationControls = ReturnType<typeof useAddressedConversation>;
