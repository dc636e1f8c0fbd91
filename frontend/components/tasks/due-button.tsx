import { UnstyledButton } from "@mantine/core";
import type { DueLabel } from "@/lib/tasks/due";
import { DueBadge } from "./due-badge";
import classes from "./due-button.module.css";

interface DueButtonProps {
  due: DueLabel;
  isOpen: boolean;
  onClick: (button: HTMLElement) => void;
}

/** When a task is due, and the way to change it. */
export function DueButton({ due, isOpen, onClick }: DueButtonProps) {
  return (
    <UnstyledButton
      className={classes.button}
      aria-label={`Due ${due.text}`}
      aria-haspopup="dialog"
      aria-expanded={isOpen}
      onClick={(event) => onClick(event.currentTarget)}
    >
      <DueBadge due={due} />
    </UnstyledButton>
  );
}
