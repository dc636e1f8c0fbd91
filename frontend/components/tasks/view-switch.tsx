import { addressOf, type Place } from "@/lib/places/places";
import { openPlace } from "@/lib/places/use-place";
import { LIST, type View } from "@/lib/places/view";
import type { TaskFilters } from "@/lib/tasks/filters";
import classes from "./view-switch.module.css";

interface ViewSwitchProps {
  place: Place;
  filters: TaskFilters;
  shown: View["name"];
}

const VIEWS: [string, View][] = [
  ["List", LIST],
  ["Calendar", { name: "calendar", month: null }],
];

/** Shows a place as a list or as a calendar, each with a way back to the other. */
export function ViewSwitch({ place, filters, shown }: ViewSwitchProps) {
  return (
    <div role="group" aria-label="View" className={classes.views}>
      {VIEWS.map(([label, view]) => (
        <button
          key={label}
          type="button"
          className={classes.view}
          aria-pressed={view.name === shown}
          onClick={() => view.name !== shown && openPlace(addressOf(place, filters, view))}
        >
          {label}
        </button>
      ))}
    </div>
  );
}
