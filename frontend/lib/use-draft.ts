"use client";

import { useEffect, useState, type Dispatch, type SetStateAction } from "react";
import { authClient } from "./auth/client";
import { keepDraft, readDraft, type DraftName } from "./drafts";

/** What is being written under a name, as state that a reload does not end; what is `empty` is not kept. */
export function useDraft<T>(name: DraftName, empty: T): [T, Dispatch<SetStateAction<T>>] {
  const userId = authClient.useSession().data?.user.id;
  const [draft, setDraft] = useState(empty);
  const [writer, setWriter] = useState<string>();
  if (userId !== undefined && userId !== writer) {
    setWriter(userId);
    // What has been typed before it was known who does is theirs.
    setDraft((now) => (now === empty ? (readDraft<T>(window, name, userId) ?? empty) : now));
  }
  useEffect(() => {
    if (writer !== undefined) keepDraft(window, name, writer, draft === empty ? null : draft);
  }, [name, writer, draft, empty]);
  return [draft, setDraft];
}
