"use client";

import { onDemandOverlay } from "@/lib/on-demand";
import type { TaskFormDialogProps } from "./task-form-dialog";

const { Part: TaskFormDialog } = onDemandOverlay(() =>
  import("./task-form-dialog").then(({ TaskFormDialog }) => TaskFormDialog),
);

/** The form of a task before the list, as long as there is what it is for. */
export function TaskFormModal(props: Omit<TaskFormDialogProps, "opened">) {
  return <TaskFormDialog opened={props.target !== null} {...props} />;
}
