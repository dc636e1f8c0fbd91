"use client";

import {
  ActionIcon,
  Button,
  Group,
  Modal,
  Skeleton,
  Stack,
  Text,
  TextInput,
  UnstyledButton,
} from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Thread } from "@/lib/chat/protocol";
import { threadList } from "@/lib/chat/use-conversation";
import { showFailure } from "@/lib/notices";
import { IconPencil, IconTrash } from "../icons";
import { isComposing } from "./input-method";
import classes from "./thread-history.module.css";

interface ThreadHistoryProps {
  currentId: string | null;
  onOpen: (id: string) => void;
  onRename: (id: string, title: string) => Promise<void>;
  onDelete: (id: string) => Promise<void>;
}

const UNTITLED = "Untitled conversation";

/** All conversations: open one, give it another name, delete it. */
export function ThreadHistory({ currentId, onOpen, onRename, onDelete }: ThreadHistoryProps) {
  const [renaming, setRenaming] = useState<string | null>(null);
  const [deleting, setDeleting] = useState<Thread | null>(null);
  const threads = useInfiniteQuery(threadList);

  if (threads.isPending) {
    return (
      <Stack p={22} gap={18} role="status" aria-label="Loading conversations">
        <Skeleton height={13} width="70%" radius="xl" />
        <Skeleton height={13} width="50%" radius="xl" />
      </Stack>
    );
  }
  if (!threads.data) {
    return (
      <Stack p={22} gap="sm" align="flex-start">
        <Text role="alert">{threads.error.message}</Text>
        <Button variant="default" size="xs" radius="xl" onClick={() => void threads.refetch()}>
          Try again
        </Button>
      </Stack>
    );
  }
  const all = threads.data.pages.flatMap(({ data }) => data);
  if (all.length === 0) {
    return (
      <Text p={22} c="var(--ink-soft)" fz="sm">
        Nothing yet. What you talk about is kept here.
      </Text>
    );
  }

  async function rename(thread: Thread, title: string) {
    setRenaming(null);
    if (!title.trim() || title.trim() === thread.title) return;
    await onRename(thread.id, title.trim()).catch((error: Error) =>
      showFailure("The conversation was not renamed", error),
    );
  }

  async function remove(thread: Thread) {
    setDeleting(null);
    await onDelete(thread.id).catch((error: Error) =>
      showFailure("The conversation was not deleted", error),
    );
  }

  return (
    <>
      <ul className={classes.list} aria-label="Conversations">
        {all.map((thread) => {
          const title = thread.title ?? UNTITLED;
          return (
            <li
              key={thread.id}
              className={classes.row}
              data-current={thread.id === currentId || undefined}
            >
              {renaming === thread.id ? (
                <TextInput
                  aria-label="Name of the conversation"
                  defaultValue={title}
                  maxLength={120}
                  size="xs"
                  flex={1}
                  autoFocus
                  onFocus={(event) => event.currentTarget.select()}
                  onBlur={(event) => void rename(thread, event.currentTarget.value)}
                  onKeyDown={(event) => {
                    if (isComposing(event)) return;
                    if (event.key === "Escape") setRenaming(null);
                    if (event.key !== "Enter") return;
                    event.preventDefault(); // or what has the focus next is pressed by it
                    event.currentTarget.blur();
                  }}
                />
              ) : (
                <UnstyledButton className={classes.title} onClick={() => onOpen(thread.id)}>
                  {title}
                </UnstyledButton>
              )}
              <ActionIcon
                variant="subtle"
                color="gray"
                aria-label={`Rename “${title}”`}
                onClick={() => setRenaming(thread.id)}
              >
                <IconPencil size={16} stroke={1.6} />
              </ActionIcon>
              <ActionIcon
                variant="subtle"
                color="gray"
                aria-label={`Delete “${title}”`}
                onClick={() => setDeleting(thread)}
              >
                <IconTrash size={16} stroke={1.6} />
              </ActionIcon>
            </li>
          );
        })}
        {threads.hasNextPage && (
          <li className={classes.row}>
            <Button
              variant="subtle"
              color="gray"
              size="xs"
              loading={threads.isFetchingNextPage}
              onClick={() => void threads.fetchNextPage()}
            >
              Show older conversations
            </Button>
          </li>
        )}
      </ul>
      <DeleteModal thread={deleting} onClose={() => setDeleting(null)} onDelete={remove} />
    </>
  );
}

interface DeleteModalProps {
  thread: Thread | null;
  onClose: () => void;
  onDelete: (thread: Thread) => Promise<void>;
}

/** Asks before a conversation is gone for good. */
function DeleteModal({ thread, onClose, onDelete }: DeleteModalProps) {
  return (
    <Modal
      opened={thread !== null}
      onClose={onClose}
      title="Delete this conversation?"
      closeButtonProps={{ "aria-label": "Close" }}
    >
      {thread && (
        <>
          <Text fz="sm" mb="md">
            “{thread.title ?? UNTITLED}” is deleted for good. Your tasks stay as they are.
          </Text>
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button color="red" onClick={() => void onDelete(thread)}>
              Delete
            </Button>
          </Group>
        </>
      )}
    </Modal>
  );
}
