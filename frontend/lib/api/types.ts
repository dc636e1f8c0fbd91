import type { components } from "./schema";

/** The REST contract's shapes; schema.ts is generated from contracts/openapi.json (npm run api-types). */
type Schemas = components["schemas"];

/** `waiting`: it is shown as a change that has not been sent yet would have it. */
export type Task = Schemas["Task"] & { waiting?: boolean };
export type Occurrence = Schemas["Occurrence"];
export type Scope = Schemas["Scope"];
export type OpenSubtasksAre = Schemas["OpenSubtasksAre"];
export type Change = Schemas["Change"];
export type Changed = Schemas["Changed"];
export type ChangedTask = Schemas["ChangedTask"];
export type ManyPatch = Schemas["ManyPatch"];
export type TaskConditions = Schemas["TaskConditions"];
export type ChangePage = Schemas["ChangePage"];
export type ChangesEvent = Schemas["ChangesEvent"];
export type ImportRequest = Schemas["ImportRequest"];
export type Imported = Schemas["Imported"];
export type RefusedTask = Schemas["RefusedTask"];
export type TaskPage = Schemas["TaskPage"];
export type TagCount = Schemas["TagCount"];
export type TaskCounts = Schemas["TaskCounts"];
export type TrashPage = Schemas["TrashPage"];
export type DeletedTask = Schemas["DeletedTask"];
export type LineDefaults = Schemas["LineDefaults"];
export type LinePart = Schemas["LinePart"];
export type LineSpan = Schemas["LineSpan"];
export type PreviewedTask = Schemas["PreviewedTask"];
export type QuickAddPreview = Schemas["QuickAddPreview"];
export type Priority = Schemas["Priority"];
export type Status = Schemas["Status"];
export type Sort = Schemas["Sort"];
export type DueWindow = Schemas["DueWindow"];

export const PRIORITIES = ["none", "low", "medium", "high"] as const satisfies Priority[];

/** What a person fills in. What is left out of `recurrence` and `scope` stays as it is. */
export type TaskInput = Pick<
  Task,
  "title" | "description" | "priority" | "due_date" | "due_time" | "time_zone" | "tags"
> & { recurrence?: { words: string } | null; scope?: Scope };

/** A new task: what is left out is as for any new one. */
export type NewTask = Partial<TaskInput> & { title: string; parent_id?: number };
