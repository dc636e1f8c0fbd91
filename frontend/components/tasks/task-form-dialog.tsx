"use client";

import { useMediaQuery } from "@mantine/hooks";
import { Dialog } from "../dialog";
import { TaskForm, type TaskFormProps, type TaskFormTarget } from "./task-form";

export interface TaskFormDialogProps extends Omit<TaskFormProps, "target"> {
  opened: boolean;
  target: TaskFormTarget | null;
}

/** The form of a task, on a phone instead of the page. */
export function TaskFormDialog({ opened, target, onClose, onDelete }: TaskFormDialogProps) {
  const isPhone = useMediaQuery("(max-width: 560px)");
  return (
    <Dialog
      opened={opened}
      onClose={onClose}
      title={target && "task" in target ? "Edit task" : "New task"}
      fullScreen={isPhone}
      radius={isPhone ? 0 : "lg"}
    >
      {target && <TaskForm target={target} onClose={onClose} onDelete={onDelete} />}
    </Dialog>
  );
}
