"use client";

import { UnstyledButton, VisuallyHidden } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import type { ReactNode } from "react";
import type { TaskCounts } from "@/lib/api/types";
import { isSamePlace, placeLabel, type Place, type PlaceName } from "@/lib/places/places";
import { dayIn } from "@/lib/tasks/due";
import { useCounts } from "@/lib/tasks/queries";
import { useNow } from "@/lib/tasks/use-now";
import { useTimeZone } from "@/lib/time-zone";
import { PLACE_ICONS } from "./place-icons";
import { PlaceLink } from "./place-link";
import { TagDot } from "./tag-dot";
import classes from "./sidebar.module.css";

/** More would push one another out of sight; the rest is a click away. */
const FEW_TAGS = 12;

const PLACES: [PlaceName, keyof Omit<TaskCounts, "tags">][] = [
  ["today", "today"],
  ["upcoming", "upcoming"],
  ["all", "open"],
  ["done", "done"],
  ["trash", "trash"],
];

export interface SidebarProps {
  /** Where one is; null where that is no place. */
  place: Place | null;
  /** Called when a place was chosen. */
  onOpen?: () => void;
}

/** The places and the tags as lists, each with how many tasks it has. */
export function Sidebar({ place, onOpen }: SidebarProps) {
  const { data: counts } = useCounts(dayIn(useTimeZone(), useNow()));
  const [showsAll, { toggle }] = useDisclosure(false);
  const tags = withTagOf(place, counts?.tags ?? []);
  const shown = showsAll ? tags : tags.slice(0, FEW_TAGS);
  const entry = (to: Place, icon: ReactNode, count: number | undefined, overdue = 0) => (
    <li key={placeLabel(to)}>
      <PlaceLink
        place={to}
        className={classes.link}
        aria-current={place && isSamePlace(to, place) ? "page" : undefined}
        onClick={onOpen}
      >
        <span className={classes.icon}>{icon}</span>
        <span className={classes.label}>{to.name === "tag" ? to.tag : placeLabel(to)}</span>
        {count ? <Count count={count} overdue={overdue} /> : null}
      </PlaceLink>
    </li>
  );
  return (
    <nav className={classes.sidebar} aria-label="Lists">
      <ul className={classes.list}>
        {PLACES.map(([name, counted]) => {
          const Icon = PLACE_ICONS[name];
          return entry(
            { name },
            <Icon size={18} stroke={1.6} />,
            counts?.[counted],
            name === "today" ? counts?.overdue : 0,
          );
        })}
      </ul>
      {tags.length > 0 && (
        <>
          <p className={classes.heading} id="sidebar-tags">
            Tags
          </p>
          <ul className={classes.list} aria-labelledby="sidebar-tags">
            {shown.map(({ tag, open }) => entry({ name: "tag", tag }, <TagDot tag={tag} />, open))}
          </ul>
          {tags.length > FEW_TAGS && (
            <UnstyledButton className={classes.more} onClick={toggle}>
              {showsAll ? "Fewer tags" : `All ${tags.length} tags`}
            </UnstyledButton>
          )}
        </>
      )}
    </nav>
  );
}

/** The tags, with the one whose list is open, also when its last task is done or it is far down. */
function withTagOf(place: Place | null, tags: TaskCounts["tags"]): TaskCounts["tags"] {
  if (place?.name !== "tag") return tags;
  const at = tags.findIndex(({ tag }) => tag === place.tag);
  if (at >= 0 && at < FEW_TAGS) return tags;
  return [tags[at] ?? { tag: place.tag, open: 0 }, ...tags.filter((_, index) => index !== at)];
}

function Count({ count, overdue }: { count: number; overdue: number }) {
  return (
    <span className={classes.count} data-overdue={overdue > 0 || undefined}>
      {count}
      <VisuallyHidden>
        {count === 1 ? " task" : " tasks"}
        {overdue > 0 && `, ${overdue} overdue`}
      </VisuallyHidden>
    </span>
  );
}
