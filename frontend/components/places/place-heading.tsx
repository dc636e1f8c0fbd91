import type { Place } from "@/lib/places/places";
import { placeLabel } from "@/lib/places/places";
import classes from "./place-heading.module.css";

const DAY: Intl.DateTimeFormatOptions = { weekday: "long", day: "numeric", month: "long" };

/** The name of a place, which takes the focus when the place was opened from a menu; Today has the date beside it. */
export function PlaceHeading({ place, now }: { place: Place; now: Date }) {
  return (
    <div className={classes.heading}>
      <h1 className={classes.name} tabIndex={-1} data-place-heading>
        {placeLabel(place)}
      </h1>
      {place.name === "today" && <p>{new Intl.DateTimeFormat(undefined, DAY).format(now)}</p>}
    </div>
  );
}
