"use client";

import { CloseButton } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useLayoutEffect, useMemo } from "react";
import type { LineDefaults, LinePart } from "@/lib/api/types";
import { carried, meaningOf, type Draft, type Span } from "@/lib/tasks/line";
import { useLinePreview } from "@/lib/tasks/queries";
import { useTimeZone } from "@/lib/time-zone";
import { IconArrowsSort, IconCalendar, IconClock, IconListCheck, IconRepeat } from "../icons";
import classes from "./line-reading.module.css";

const PAUSE_MS = 200;

const ICONS: Partial<Record<LinePart["kind"], typeof IconCalendar>> = {
  date: IconCalendar,
  time: IconClock,
  repetition: IconRepeat,
  parent: IconListCheck,
  place: IconArrowsSort,
};

interface LineReadingProps {
  now: Date;
  draft: Draft;
  defaults: Partial<LineDefaults>;
  /** Told the parts of the line that are understood, from left to right, whenever they change. */
  onParts: (parts: Span[]) => void;
  onRefuse: (part: Span) => void;
}

/** What a line is read as, part by part; each can be left unread. */
export function LineReading({ now, draft, defaults, onParts, onRefuse }: LineReadingProps) {
  const [settled] = useDebouncedValue(draft, PAUSE_MS);
  const { data: read } = useLinePreview(settled, defaults);
  const zone = useTimeZone();
  const parts = useMemo(() => (read ? unrefused(read.parts, read.text, draft) : []), [read, draft]);

  useLayoutEffect(() => {
    onParts(parts);
    return () => onParts([]);
  }, [parts, onParts]);

  if (!read) return null;
  const isCurrent = read.text === draft.text;
  return (
    <>
      {parts.length > 0 && (
        <ul aria-label="Understood" className={classes.parts}>
          {parts.map((part) => {
            const Icon = ICONS[part.kind];
            return (
              <li key={`${part.kind} ${part.start}`}>
                {Icon && <Icon size={14} stroke={1.7} />}
                {meaningOf(part, read.task, zone, now)}
                <CloseButton
                  size="xs"
                  iconSize={13}
                  aria-label={`Do not read “${part.text}”`}
                  onClick={() => onRefuse(part)}
                />
              </li>
            );
          })}
        </ul>
      )}
      {isCurrent && read.not_repeated && (
        <p className={classes.note}>“{read.not_repeated}” cannot be followed as a repetition.</p>
      )}
    </>
  );
}

/** The parts of a line that was read, as far as it still stands there and none of them was refused since. */
function unrefused(parts: LinePart[], before: string, { text, refused }: Draft): LinePart[] {
  return carried(parts, before, text)
    .filter((part) => !refused.some(({ start, end }) => start < part.end && part.start < end))
    .sort((one, other) => one.start - other.start);
}
