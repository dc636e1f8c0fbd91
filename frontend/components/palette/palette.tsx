"use client";

import { useState } from "react";
import type { Place } from "@/lib/places/places";
import { useTaskActions } from "@/lib/tasks/actions";
import { useModalDialog } from "@/lib/use-modal-dialog";
import { ShortcutsModal } from "../shell/shortcuts-modal";
import type { TaskFormTarget } from "../tasks/task-form";
import { TaskFormModal } from "../tasks/task-form-modal";
import { Finder } from "./finder";
import classes from "./palette.module.css";

interface PaletteProps {
  opened: boolean;
  onClose: () => void;
  /** Where one is; null where that is no place. */
  place: Place | null;
  /** Called when a place was chosen. */
  onPlace: () => void;
  onAsk: (text: string) => void;
  onNewConversation: () => void;
}

/** One field to find or do anything, before the page. The browser keeps the focus in a dialog, and gives it back. */
export function Palette({ opened, onClose, ...finder }: PaletteProps) {
  const ref = useModalDialog(opened);
  const [typed, setTyped] = useState("");
  const [formTarget, setFormTarget] = useState<TaskFormTarget | null>(null);
  const [showsKeys, setShowsKeys] = useState(false);
  const actions = useTaskActions();

  return (
    <>
      <dialog
        ref={ref}
        className={classes.palette}
        aria-label="Find or do anything"
        onClose={() => {
          setTyped("");
          onClose();
        }}
        onClick={(event) => event.target === event.currentTarget && ref.current?.close()}
      >
        {opened && (
          <Finder
            {...finder}
            typed={typed}
            onTyped={setTyped}
            actions={actions}
            onClose={() => ref.current?.close()}
            onChoose={(choice) => {
              // First: the focus is back on the page then, for what the choice does with it.
              ref.current?.close();
              choice.run();
            }}
            onTask={(task) => setFormTarget({ task })}
            onKeys={() => setShowsKeys(true)}
            onNotAdded={setTyped}
          />
        )}
      </dialog>
      <TaskFormModal
        target={formTarget}
        onClose={() => setFormTarget(null)}
        onDelete={actions.deleteTask}
      />
      <ShortcutsModal opened={showsKeys} onClose={() => setShowsKeys(false)} />
    </>
  );
}
