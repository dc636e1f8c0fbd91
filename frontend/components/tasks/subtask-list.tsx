"use client";

import { Checkbox, Group, Input, Stack, Text, TextInput } from "@mantine/core";
import { useRef, useState, type KeyboardEvent } from "react";
import type { Task } from "@/lib/api/types";
import { showFailure } from "@/lib/notices";
import { useCompleteTask, useCreateTask } from "@/lib/tasks/mutations";
import { useSubtasks } from "@/lib/tasks/queries";
import { useSendInOrder } from "@/lib/use-send-in-order";
import { IconPlus } from "../icons";

/** The subtasks of a task, to check and to add to; each is kept at once. */
export function SubtaskList({ parent }: { parent: Task }) {
  const { data } = useSubtasks(parent);
  const create = useCreateTask();
  const complete = useCompleteTask();
  const [title, setTitle] = useState("");
  const [error, setError] = useState<string | null>(null);
  const subtasks = data?.pages.flatMap(({ items }) => items) ?? [];
  const done = subtasks.filter(({ completed }) => completed).length;
  const field = useRef<HTMLInputElement>(null);

  async function attempt(change: Promise<unknown>, what: string): Promise<boolean> {
    setError(null);
    try {
      await change;
      return true;
    } catch (failure) {
      if (field.current) setError((failure as Error).message);
      else showFailure(what, failure as Error); // the form was closed
      return false;
    }
  }

  const sending = useSendInOrder(
    title.trim() === "",
    (wanted: string) =>
      attempt(
        create.mutateAsync({ title: wanted, parent_id: parent.id }),
        `“${wanted}” was not added to “${parent.title}”`,
      ),
    (wanted) => setTitle((now) => (now.trim() === "" ? wanted : now)),
  );

  function add() {
    const wanted = title.trim();
    if (!wanted) return;
    setTitle("");
    sending.enter(wanted);
  }

  function addOnEnter(event: KeyboardEvent) {
    if (event.key !== "Enter") return;
    event.preventDefault(); // the form around it is not saved by that
    add();
  }

  return (
    <Input.Wrapper
      label={
        <Group gap={8} component="span">
          Subtasks
          {subtasks.length > 0 && (
            <Text span c="dimmed" fz="sm">
              {done}/{subtasks.length}
            </Text>
          )}
        </Group>
      }
      labelElement="div"
    >
      <Stack component="ul" gap={8} m="4px 0 0" p={0} style={{ listStyle: "none" }}>
        {subtasks.map((subtask) => (
          <li key={subtask.id}>
            <Checkbox
              label={subtask.title}
              checked={subtask.completed}
              onChange={({ currentTarget: { checked } }) =>
                void attempt(
                  complete.mutateAsync({ id: subtask.id, completed: checked }),
                  `“${subtask.title}” was not changed`,
                )
              }
            />
          </li>
        ))}
        <li>
          <TextInput
            ref={field}
            aria-label="Add a subtask"
            placeholder="Add a subtask"
            size="sm"
            maxLength={200}
            leftSection={<IconPlus size={16} stroke={1.8} />}
            value={title}
            error={error}
            onChange={(event) => setTitle(event.currentTarget.value)}
            onKeyDown={addOnEnter}
          />
        </li>
      </Stack>
    </Input.Wrapper>
  );
}
