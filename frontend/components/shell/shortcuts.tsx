"use client";

import { Group, Kbd, Table } from "@mantine/core";
import { Dialog } from "../dialog";

const SHORTCUTS: [string[], string][] = [
  [["Ctrl", "k"], "Find or do anything, also from a field"],
  [["n"], "New task"],
  [["↓", "Enter"], "Take the tag or date that is offered for it"],
  [["/"], "Search tasks"],
  [["c"], "Talk to the assistant"],
  [["g", "t"], "Go to Today"],
  [["g", "u"], "Go to Upcoming"],
  [["g", "a"], "Go to All"],
  [["g", "d"], "Go to Done"],
  [["↑", "↓"], "Move between tasks"],
  [["PgUp", "PgDn"], "Another month of the calendar"],
  [["Alt", "↑", "↓"], "Move the task, where the list is in your order"],
  [["Enter"], "Edit the task"],
  [["x"], "Complete the task, or open it again"],
  [["e"], "Rename the task"],
  [["d"], "Set its due date"],
  [["1", "2", "3", "0"], "Set its priority: high, medium, low, none"],
  [["Delete"], "Delete the task"],
  [["s"], "Select the task: these keys then act on all that are selected"],
  [["Shift", "↑", "↓"], "Select one task after the other"],
  [["Ctrl", "a"], "Select all tasks of the list"],
  [["Escape"], "Select none"],
  [["Ctrl", "z"], "Undo the last change"],
  [["Ctrl", "Shift", "z"], "Redo it"],
  [["?"], "This list"],
];

interface ShortcutsProps {
  opened: boolean;
  onClose: () => void;
}

/** What keys do in the app. */
export function Shortcuts({ opened, onClose }: ShortcutsProps) {
  return (
    <Dialog opened={opened} onClose={onClose} title="Keyboard shortcuts">
      <Table verticalSpacing="xs" withRowBorders={false}>
        <Table.Tbody>
          {SHORTCUTS.map(([names, what]) => (
            <Table.Tr key={what}>
              <Table.Td w={110}>
                <Group gap={4}>
                  {names.map((name) => (
                    <Kbd key={name}>{name}</Kbd>
                  ))}
                </Group>
              </Table.Td>
              <Table.Td>{what}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Dialog>
  );
}
