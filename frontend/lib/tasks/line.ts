import type { LineDefaults, LinePart, LineSpan, PreviewedTask } from "../api/types";
import { dueLabel } from "./due";

/** Characters of a line, counted as a text field does: in UTF-16 units. */
export interface Span {
  start: number;
  /** The first that no longer belongs to it. */
  end: number;
}

/** A line as it is being written, and those of its parts that are not to be read. */
export interface Draft {
  text: string;
  refused: Span[];
}

export const EMPTY_DRAFT: Draft = { text: "", refused: [] };

/** The draft with another text: what was refused and has not been touched stays refused. */
export function retyped({ text: before, refused }: Draft, text: string): Draft {
  return { text, refused: carried(refused, before, text) };
}

/** Those of the spans that an edit has not touched, where they are in the new text. */
export function carried<S extends Span>(spans: S[], before: string, after: string): S[] {
  const shorter = Math.min(before.length, after.length);
  let front = 0;
  while (front < shorter && before[front] === after[front]) front++;
  let back = 0;
  while (back < shorter - front && before.at(-1 - back) === after.at(-1 - back)) back++;
  const shift = after.length - before.length;
  return spans.flatMap((span) => {
    if (span.end <= front) return [span];
    if (span.start < before.length - back) return [];
    return [{ ...span, start: span.start + shift, end: span.end + shift }];
  });
}

/** A span as the service counts it, in Unicode code points. */
const inCodePoints = <S extends Span>(text: string, span: S): S => ({
  ...span,
  start: [...text.slice(0, span.start)].length,
  end: [...text.slice(0, span.end)].length,
});

/** A line as the service takes it, with what its task has where it says nothing of that. */
export interface Line {
  text: string;
  refused: LineSpan[];
  defaults: Partial<LineDefaults>;
  time_zone: string;
}

/** A draft as the service takes it. */
export function lineOf({ text, refused }: Draft, defaults: Line["defaults"], zone: string): Line {
  const spans = refused.map((span) => inCodePoints(text, { start: span.start, end: span.end }));
  return { text, refused: spans, defaults, time_zone: zone };
}

/** A span of the service's as a text field counts it. */
export function inUnits<S extends Span>(text: string, span: S): S {
  const points = [...text];
  const units = (count: number) => points.slice(0, count).join("").length;
  return { ...span, start: units(span.start), end: units(span.end) };
}

/** What a part of a line means for its task, in words; the part itself where these would say no more. */
export function meaningOf(
  { kind, text }: LinePart,
  task: PreviewedTask,
  zone: string,
  now: Date,
  locale?: string,
): string {
  switch (kind) {
    case "date":
      return (
        dueLabel({ ...task, due_time: null, due_at: null, completed: false }, zone, now, locale)
          ?.text ?? text
      );
    case "time":
      return task.due_time ? clock(task.due_time, locale) : text;
    case "repetition":
      return task.recurrence?.words ?? text;
    case "priority":
      return `${task.priority[0]!.toUpperCase()}${task.priority.slice(1)} priority`;
    default:
      return text;
  }
}

const clock = (time: string, locale?: string) =>
  new Intl.DateTimeFormat(locale, { timeStyle: "short", timeZone: "UTC" }).format(
    new Date(`1970-01-01T${time}Z`),
  );
