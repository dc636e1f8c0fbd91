"use client";

import { Button, Stack, Text } from "@mantine/core";
import type { OpenSubtasksAre, Task } from "@/lib/api/types";

export interface OpenSubtasksQuestionProps {
  /** The task that is to be completed while subtasks of it are open. */
  task: Task;
  onAnswer: (task: Task, subtasks: OpenSubtasksAre) => void;
  onClose: () => void;
}

/** The ways to complete a task that has open subtasks. */
export function OpenSubtasksQuestion({ task, onAnswer, onClose }: OpenSubtasksQuestionProps) {
  const answer = (subtasks: OpenSubtasksAre) => () => {
    onClose();
    onAnswer(task, subtasks);
  };
  return (
    <Stack gap="sm">
      <Text>“{task.title}” has subtasks that are not done yet.</Text>
      <Button onClick={answer("complete")} data-autofocus>
        Complete them, too
      </Button>
      <Button variant="default" onClick={answer("leave")}>
        Complete the task alone
      </Button>
      <Button variant="subtle" color="gray" onClick={onClose}>
        Cancel
      </Button>
    </Stack>
  );
}
