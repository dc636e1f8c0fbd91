"use client";

import { Alert, Button, Stack, TextInput } from "@mantine/core";
import { useState, type FormEvent } from "react";
import type { Imported } from "@/lib/api/types";
import { showDone, showFailure } from "@/lib/notices";
import { readImport, refusalText, type ImportFile } from "@/lib/tasks/import-file";
import { useImportTasks, useUndoChange } from "@/lib/tasks/mutations";
import classes from "./settings.module.css";

interface Outcome {
  file: ImportFile;
  imported: Imported;
}

/** Brings the tasks of an export back. What was chosen stays chosen, so that it can be tried again. */
export function ImportForm() {
  const [chosen, setChosen] = useState<File | null>(null);
  const [error, setError] = useState<string | null>(null);
  const [outcome, setOutcome] = useState<Outcome | null>(null);
  const { mutateAsync: importTasks, isPending } = useImportTasks();

  async function submit(event: FormEvent) {
    event.preventDefault();
    setOutcome(null);
    setError(null);
    if (!chosen) return setError("Choose a file that was downloaded here as JSON.");
    try {
      const file = readImport(await chosen.text());
      setOutcome({ file, imported: await importTasks(file.request) });
    } catch (problem) {
      setError((problem as Error).message);
    }
  }

  return (
    <form onSubmit={(event) => void submit(event)} noValidate aria-label="Import">
      <Stack gap="md" align="flex-start">
        <TextInput
          type="file"
          accept=".json,application/json"
          label="Import tasks from a JSON export"
          description="They are added beside those that are there. Its tasks may have 1 MiB, which is some thousands; nothing else of the file is read."
          w="100%"
          size="md"
          classNames={{ input: classes.file }}
          error={error}
          onChange={({ currentTarget }) => {
            setChosen(currentTarget.files?.[0] ?? null);
            setError(null);
            setOutcome(null);
          }}
        />
        <Button type="submit" mih={44} loading={isPending}>
          Import
        </Button>
        {outcome && (
          <ImportOutcome
            key={outcome.imported.change?.id}
            onUndone={() => setOutcome(null)}
            {...outcome}
          />
        )}
      </Stack>
    </form>
  );
}

/** How many tasks came, which did not, and the way back. */
function ImportOutcome({ file, imported, onUndone }: Outcome & { onUndone: () => void }) {
  const { change, made, refused, refused_count: refusedCount } = imported;
  const { mutateAsync: undoChange, isPending } = useUndoChange();

  async function undo(id: string) {
    try {
      const { change: undone } = await undoChange(id);
      showDone("import", undone.words);
      onUndone();
    } catch (error) {
      showFailure("The import was not undone", error as Error);
    }
  }

  return (
    <Alert color={refusedCount ? "orange" : "pine"} variant="light" w="100%" role="status">
      <Stack gap="xs" align="flex-start">
        <span>
          {tasks(made)} came{change ? "; undo takes back all of them" : ""}.
          {refusedCount > 0 && ` ${tasks(refusedCount)} did not:`}
        </span>
        {refusedCount > 0 && (
          <ul className={classes.refused}>
            {refused.map((task) => (
              <li key={task.place}>{refusalText(file, task)}</li>
            ))}
            {refusedCount > refused.length && <li>and {refusedCount - refused.length} more</li>}
          </ul>
        )}
        {change && (
          <Button
            variant="default"
            mih={44}
            aria-label="Undo the import"
            loading={isPending}
            onClick={() => void undo(change.id)}
          >
            Undo
          </Button>
        )}
      </Stack>
    </Alert>
  );
}

const tasks = (count: number) => (count === 1 ? "1 task" : `${count} tasks`);
