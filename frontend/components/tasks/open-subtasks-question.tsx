"use client";

import { Button, Stack, Text } from "@mantine/core";
import type { OpenSubtasksAre, Task } from "@/lib/api/types";
import { Dialog } from "../dialog";

export interface OpenSubtasksQuestionProps {
  opened: boolean;
  /** The task that is to be completed while subtasks of it are open; null once that is answered. */
  task: Task | null;
  onAnswer: (task: Task, subtasks: OpenSubtasksAre) => void;
  onClose: () => void;
}

/** The ways to complete a task that has open subtasks. */
export function OpenSubtasksQuestion({
  opened,
  task,
  onAnswer,
  onClose,
}: OpenSubtasksQuestionProps) {
  return (
    <Dialog opened={opened} onClose={onClose} title="Some subtasks are open">
      {task && (
        <OpenSubtasksWays
          whose={`“${task.title}” has`}
          alone="Complete the task alone"
          onAnswer={(subtasks) => {
            onClose();
            onAnswer(task, subtasks);
          }}
          onClose={onClose}
        />
      )}
    </Dialog>
  );
}

interface OpenSubtasksWaysProps {
  /** Who has open subtasks, and is to be completed: "“Pay rent” has". */
  whose: string;
  /** How it is completed without them. */
  alone: string;
  onAnswer: (subtasks: OpenSubtasksAre) => void;
  onClose: () => void;
}

/** The same for one task, or for several. */
export function OpenSubtasksWays({ whose, alone, onAnswer, onClose }: OpenSubtasksWaysProps) {
  return (
    <Stack gap="sm">
      <Text>{whose} subtasks that are not done yet.</Text>
      <Button onClick={() => onAnswer("complete")} data-autofocus>
        Complete them, too
      </Button>
      <Button variant="default" onClick={() => onAnswer("leave")}>
        {alone}
      </Button>
      <Button variant="subtle" color="gray" onClick={onClose}>
        Cancel
      </Button>
    </Stack>
  );
}
