import { Menu } from "@mantine/core";
import { PRIORITIES, type Priority } from "@/lib/api/types";
import { IconCheck } from "../icons";
import { PRIORITY_LABELS } from "./priority";

interface PriorityItemsProps {
  priority: Priority;
  onChange: (priority: Priority) => void;
}

/** The part of a task's menu that sets its priority. */
export function PriorityItems({ priority, onChange }: PriorityItemsProps) {
  return (
    <>
      <Menu.Label>Priority</Menu.Label>
      {[...PRIORITIES].reverse().map((value) => (
        <Menu.RadioItem
          key={value}
          value={value}
          checked={value === priority}
          checkIcon={<IconCheck size={15} />}
          closeMenuOnClick
          onChange={() => onChange(value)}
        >
          {PRIORITY_LABELS[value]}
        </Menu.RadioItem>
      ))}
    </>
  );
}
