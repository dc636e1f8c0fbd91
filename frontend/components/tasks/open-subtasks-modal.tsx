"use client";

import { Modal } from "@mantine/core";
import type { Task } from "@/lib/api/types";
import { onDemand } from "@/lib/on-demand";
import type { OpenSubtasksQuestionProps } from "./open-subtasks-question";

const { Part: OpenSubtasksQuestion, useIsReady } = onDemand(() =>
  import("./open-subtasks-question").then(({ OpenSubtasksQuestion }) => OpenSubtasksQuestion),
);

interface OpenSubtasksModalProps extends Omit<OpenSubtasksQuestionProps, "task"> {
  task: Task | null;
}

/** Asks what becomes of open subtasks before their parent is completed. */
export function OpenSubtasksModal({ task, onAnswer, onClose }: OpenSubtasksModalProps) {
  const isReady = useIsReady(task);
  return (
    <Modal
      opened={task !== null && isReady}
      onClose={onClose}
      title="Some subtasks are open"
      closeButtonProps={{ "aria-label": "Close" }}
    >
      {task && <OpenSubtasksQuestion task={task} onAnswer={onAnswer} onClose={onClose} />}
    </Modal>
  );
}
