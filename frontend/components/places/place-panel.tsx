"use client";

import { onDemand } from "@/lib/on-demand";
import type { Place } from "@/lib/places/places";
import { EMPTY_DRAFT } from "@/lib/tasks/line";
import { useDraft } from "@/lib/use-draft";
import { ListSkeleton, NoSuchPlaceNote } from "../tasks/list-states";
import { TaskPanel } from "../tasks/task-panel";
import panel from "../tasks/task-panel.module.css";

const { Part: TrashPanel, useIsReady } = onDemand(() =>
  import("./trash-panel").then(({ TrashPanel }) => TrashPanel),
);

/** What is at an address: a list, the trash, or word that there is nothing. */
export function PlacePanel({ place }: { place: Place | null }) {
  const [draft, setDraft] = useDraft("line", EMPTY_DRAFT);
  const isTrashReady = useIsReady(place?.name === "trash");
  if (place === null) {
    return (
      <div className={panel.panel}>
        <NoSuchPlaceNote />
      </div>
    );
  }
  if (place.name !== "trash") return <TaskPanel place={place} draft={draft} setDraft={setDraft} />;
  if (isTrashReady) return <TrashPanel place={place} />;
  return (
    <div className={panel.panel}>
      <ListSkeleton />
    </div>
  );
}
