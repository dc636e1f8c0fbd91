"use client";

import type { Task } from "@/lib/api/types";
import { onDemandOverlay } from "@/lib/on-demand";
import type { OpenSubtasksQuestionProps } from "./open-subtasks-question";

const { Part: OpenSubtasksQuestion } = onDemandOverlay(() =>
  import("./open-subtasks-question").then(({ OpenSubtasksQuestion }) => OpenSubtasksQuestion),
);

interface OpenSubtasksModalProps extends Omit<OpenSubtasksQuestionProps, "opened"> {
  task: Task | null;
}

/** Asks what becomes of open subtasks before their parent is completed. */
export function OpenSubtasksModal(props: OpenSubtasksModalProps) {
  return <OpenSubtasksQuestion opened={props.task !== null} {...props} />;
}
