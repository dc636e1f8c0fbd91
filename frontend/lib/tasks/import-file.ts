import type { ImportRequest, RefusedTask } from "../api/types";

/** Of a body that the server takes, in bytes. */
export const MAX_IMPORT_BYTES = 1024 * 1024;

/** What is not a file to import, in words for whoever chose it. */
export class NoImport extends Error {}

/** An export as it was read, and the part of it that is sent. */
export interface ImportFile {
  text: string;
  request: ImportRequest;
}

/**
 * Reads a JSON export. Of all that is in it the tasks alone are sent, so that journal and conversations do not count.
 * @throws NoImport for what is no such file, or has too many tasks for one import.
 */
export function readImport(text: string): ImportFile {
  const { format, version, tasks } = parsed(text);
  if (format !== "todo-stack" || version !== 1 || !Array.isArray(tasks))
    throw new NoImport(
      "This is not an export of Todo Stack. Choose a file that was downloaded here as JSON.",
    );
  const request = { format, version, tasks: tasks as ImportRequest["tasks"] } as const;
  const size = new TextEncoder().encode(JSON.stringify(request)).length;
  if (size > MAX_IMPORT_BYTES) {
    const mib = (Math.ceil((size / MAX_IMPORT_BYTES) * 10) / 10).toFixed(1);
    throw new NoImport(
      `The tasks of this file are ${mib} MiB; one import takes 1 MiB. Nothing was imported.`,
    );
  }
  return { text, request };
}

/** The line of a task of the list, counted from 1; null in a file that has not a line for each, as exports have. */
export function lineOf({ text, request }: ImportFile, place: number): number | null {
  const lines = text.split("\n");
  const line = lines.indexOf('"tasks":[') + place;
  const task = request.tasks[place - 1];
  return task && isJson(lines[line], task) ? line + 1 : null;
}

/** A task that was not made, in words: where it is, what it is called, and why. */
export function refusalText(file: ImportFile, { place, title, reason }: RefusedTask): string {
  const line = lineOf(file, place);
  const where = line === null ? `Task ${place} of the file` : `Line ${line}`;
  return `${where}${title ? `, “${title}”` : ""}: ${reason}`;
}

function parsed(text: string): Record<string, unknown> {
  if (/^\uFEFF?"?id"?,/.test(text))
    throw new NoImport(
      "CSV is for spreadsheets and cannot be imported. Choose the file that was downloaded as JSON.",
    );
  try {
    return Object(JSON.parse(text)) as Record<string, unknown>;
  } catch (error) {
    const line = lineOfError(text, (error as Error).message);
    const where = line === null ? "" : ` from line ${line} on`;
    throw new NoImport(
      `The file cannot be read${where}: it may be a part of an export. Download it again.`,
    );
  }
}

/** Where a file stops being JSON, as far as this browser tells; null if it does not. */
function lineOfError(text: string, message: string): number | null {
  const line = /line (\d+)/.exec(message)?.[1];
  if (line) return Number(line);
  const position = /position (\d+)/.exec(message)?.[1];
  if (position) return text.slice(0, Number(position)).split("\n").length;
  return message.includes("end of JSON") ? text.trimEnd().split("\n").length : null;
}

function isJson(line: string | undefined, value: unknown): boolean {
  try {
    return JSON.stringify(JSON.parse(line?.replace(/,$/, "") ?? "")) === JSON.stringify(value);
  } catch {
    return false;
  }
}
