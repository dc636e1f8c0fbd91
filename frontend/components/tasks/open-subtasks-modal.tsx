"use client";

import { Button, Modal, Stack, Text } from "@mantine/core";
import type { OpenSubtasksAre, Task } from "@/lib/api/types";

interface OpenSubtasksModalProps {
  /** The task that is to be completed while subtasks of it are open. */
  task: Task | null;
  onAnswer: (task: Task, subtasks: OpenSubtasksAre) => void;
  onClose: () => void;
}

/** Asks what becomes of open subtasks before their parent is completed. */
export function OpenSubtasksModal({ task, onAnswer, onClose }: OpenSubtasksModalProps) {
  const answer = (task: Task, subtasks: OpenSubtasksAre) => () => {
    onClose();
    onAnswer(task, subtasks);
  };
  return (
    <Modal
      opened={task !== null}
      onClose={onClose}
      title="Some subtasks are open"
      closeButtonProps={{ "aria-label": "Close" }}
    >
      {task && (
        <Stack gap="sm">
          <Text>“{task.title}” has subtasks that are not done yet.</Text>
          <Button onClick={answer(task, "complete")} data-autofocus>
            Complete them, too
          </Button>
          <Button variant="default" onClick={answer(task, "leave")}>
            Complete the task alone
          </Button>
          <Button variant="subtle" color="gray" onClick={onClose}>
            Cancel
          </Button>
        </Stack>
      )}
    </Modal>
  );
}
