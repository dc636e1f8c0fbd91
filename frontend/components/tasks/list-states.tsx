"use client";

import { Button, Loader, Skeleton, Stack } from "@mantine/core";
import type { ComponentType, ReactNode } from "react";
import { ApiError } from "@/lib/api/client";
import { useOffline } from "@/lib/offline/state";
import { ALL, type Place } from "@/lib/places/places";
import { dayIn } from "@/lib/tasks/due";
import { timeZone } from "@/lib/time-zone";
import { IconCloudOff, IconListCheck, IconMoodEmpty } from "../icons";
import { PlaceLink } from "../places/place-link";
import classes from "./list-states.module.css";

interface NoteProps {
  icon: ComponentType<{ size: number; stroke: number }>;
  title: string;
  children: ReactNode;
}

function Note({ icon: Icon, title, children }: NoteProps) {
  return (
    <div className={classes.note}>
      <Icon size={30} stroke={1.3} />
      <h2>{title}</h2>
      {children}
    </div>
  );
}

/** The shape of a list while the first page is on its way. */
export function ListSkeleton() {
  return (
    <Stack gap={22} mt={30} role="status" aria-label="Loading tasks">
      {[62, 48, 71, 40].map((width) => (
        <div key={width} className={classes.skeleton}>
          <Skeleton circle height={20} />
          <Skeleton height={13} width={`${width}%`} radius="xl" />
        </div>
      ))}
    </Stack>
  );
}

interface FirstTaskNoteProps {
  busy: boolean;
  onExample: (text: string) => unknown;
}

/** Nothing yet: how to begin. */
export function FirstTaskNote({ busy, onExample }: FirstTaskNoteProps) {
  const examples = [
    "Buy milk tomorrow",
    "Call the dentist monday 9am p1",
    "Water the plants #home",
  ];
  return (
    <Note icon={IconListCheck} title="A clear list">
      <p>
        Type a task above the way you would say it, with a date, <code>p1</code> to <code>p3</code>{" "}
        for its priority and <code>#tags</code>. Try one of these:
      </p>
      <div className={classes.examples}>
        {examples.map((text) => (
          <Button
            key={text}
            variant="default"
            size="xs"
            radius="xl"
            disabled={busy}
            onClick={() => onExample(text)}
          >
            {text}
          </Button>
        ))}
      </div>
    </Note>
  );
}

/** Tasks there may be, but none that the filters let through. */
export function NoMatchNote({ query, onClear }: { query: string; onClear: () => void }) {
  const searched = query.trim();
  return (
    <Note
      icon={IconMoodEmpty}
      title={searched ? `Nothing found for “${searched}”` : "Nothing here"}
    >
      <p>No task matches what you are looking for.</p>
      <Button variant="default" size="xs" radius="xl" onClick={onClear}>
        Show all tasks of this list
      </Button>
    </Note>
  );
}

const EMPTY: Record<Exclude<Place["name"], "all">, [title: string, words: string]> = {
  today: ["Nothing left for today", "What you add here is due today."],
  upcoming: ["Nothing ahead", "Tasks that are due from tomorrow on appear here, day by day."],
  done: ["Nothing done yet", "Tasks that you complete are kept here."],
  trash: ["The trash is empty", "Deleted tasks are kept here for 30 days."],
  tag: ["Nothing open with this tag", "What you add here gets it."],
};

/** A place that has no tasks just now. */
export function EmptyPlaceNote({ name }: { name: keyof typeof EMPTY }) {
  const [title, words] = EMPTY[name];
  return (
    <Note icon={IconListCheck} title={title}>
      <p>{words}</p>
    </Note>
  );
}

/** An address of the app that names no place. */
export function NoSuchPlaceNote() {
  return (
    <Note icon={IconMoodEmpty} title="There is no such list">
      <p>The address may be old or mistyped.</p>
      <PlaceLink place={ALL}>Show all tasks</PlaceLink>
    </Note>
  );
}

/** Why there is no list: the service is on its way (and asked again by itself), or it refused. */
export function FailureNote({ error, onRetry }: { error: Error; onRetry: () => void }) {
  if (error instanceof ApiError && error.isTransient) {
    return (
      <div className={classes.note} role="status">
        <Loader size={26} type="dots" />
        <h2>The task service is starting…</h2>
        <p>Your list appears here by itself as soon as it is ready.</p>
      </div>
    );
  }
  return (
    <Note icon={IconCloudOff} title="The list could not be loaded">
      <p role="alert">{error.message}</p>
      <Button variant="default" size="xs" radius="xl" onClick={onRetry}>
        Try again
      </Button>
    </Note>
  );
}

/** A list that is not on this device, while the site cannot be reached; a shape until that is known. */
export function NotKeptNote() {
  if (!useOffline().isReady) return <ListSkeleton />;
  return (
    <Note icon={IconCloudOff} title="You are offline">
      <p role="status">
        This list is not on this device. It appears here by itself as soon as there is a connection.
      </p>
    </Note>
  );
}

/** No task has the words that are looked for, and the list shows some that come close. */
export function SimilarNote({ query }: { query: string }) {
  return (
    <div className={classes.stale} role="status">
      Nothing found for “{query.trim()}”. These come close:
    </div>
  );
}

/** The list is there, as it was when the site was last reached, which answers nothing, or nothing yet. */
export function KeptNote({ at, isCutOff }: { at: number; isCutOff: boolean }) {
  const zone = timeZone();
  const isToday = dayIn(zone, new Date(at)) === dayIn(zone, new Date());
  const words = new Intl.DateTimeFormat(undefined, {
    timeZone: zone,
    dateStyle: isToday ? undefined : "long",
    timeStyle: "short",
  });
  return (
    <div className={classes.stale} role="status">
      {isCutOff ? <IconCloudOff size={16} stroke={1.7} /> : <Loader size={14} />}
      {isCutOff ? "You are offline." : "Waiting for the site."} This is what was here at{" "}
      {words.format(at)}.
    </div>
  );
}

/** The list is there, but what is new cannot be had just now. */
export function StaleNote() {
  return (
    <div className={classes.stale} role="status">
      <Loader size={14} />
      Reconnecting to the task service…
    </div>
  );
}
