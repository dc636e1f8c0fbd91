import { noteProgress } from "@/lib/tasks/note";
import { IconNote } from "../icons";
import classes from "./task-row.module.css";

/** That a task has a note, and how many of the boxes in it are ticked. */
export function NoteSign({ note }: { note: string }) {
  const boxes = noteProgress(note);
  return (
    <span
      className={classes.note}
      role="img"
      aria-label={boxes ? `Note, ${boxes.done} of ${boxes.total} boxes ticked` : "Note"}
    >
      <IconNote size={14} stroke={1.7} />
      {boxes && `${boxes.done}/${boxes.total}`}
    </span>
  );
}
