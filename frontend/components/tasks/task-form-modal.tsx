"use client";

import { Modal } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { onDemand } from "@/lib/on-demand";
import type { TaskFormProps, TaskFormTarget } from "./task-form";

const { Part: TaskForm, useIsReady } = onDemand(() =>
  import("./task-form").then(({ TaskForm }) => TaskForm),
);

interface TaskFormModalProps extends Omit<TaskFormProps, "target"> {
  target: TaskFormTarget | null;
}

/** The form of a task before the list. */
export function TaskFormModal({ target, onClose, onDelete }: TaskFormModalProps) {
  const isPhone = useMediaQuery("(max-width: 560px)");
  const isReady = useIsReady(target);
  return (
    <Modal
      opened={target !== null && isReady}
      onClose={onClose}
      title={target && "task" in target ? "Edit task" : "New task"}
      fullScreen={isPhone}
      radius={isPhone ? 0 : "lg"}
      closeButtonProps={{ "aria-label": "Close" }}
    >
      {target && isReady && <TaskForm target={target} onClose={onClose} onDelete={onDelete} />}
    </Modal>
  );
}
