import { Button, Skeleton, Stack } from "@mantine/core";
import type { OpeningProblem } from "@/lib/chat/use-addressed-conversation";
import classes from "./conversation-states.module.css";

/** The shape of a conversation that is on its way. */
export function ConversationSkeleton() {
  return (
    <Stack className={classes.area} gap={18} role="status" aria-label="Loading the conversation">
      <Skeleton height={34} width="60%" radius="lg" style={{ alignSelf: "flex-end" }} />
      <Skeleton height={13} width="80%" radius="xl" />
      <Skeleton height={13} width="55%" radius="xl" />
    </Stack>
  );
}

interface NotOpenedNoteProps {
  problem: OpeningProblem;
  onRetry: () => void;
  onNew: () => void;
}

/** Says why the conversation of the address is not shown, and what to do. */
export function NotOpenedNote({ problem, onRetry, onNew }: NotOpenedNoteProps) {
  return (
    <div className={classes.area} role="alert">
      <h3 className={classes.title}>
        {problem.isGone ? "This conversation is not there" : "The conversation could not be opened"}
      </h3>
      <p className={classes.words}>
        {problem.isGone
          ? "It may have been deleted, or belong to another account. Your tasks are as they were."
          : problem.message}
      </p>
      {problem.isGone ? (
        <Button className={classes.button} variant="default" size="sm" radius="xl" onClick={onNew}>
          Begin a new conversation
        </Button>
      ) : (
        <Button
          className={classes.button}
          variant="default"
          size="sm"
          radius="xl"
          onClick={onRetry}
        >
          Try again
        </Button>
      )}
    </div>
  );
}
