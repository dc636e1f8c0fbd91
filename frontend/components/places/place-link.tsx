"use client";

import type { ComponentPropsWithoutRef } from "react";
import { pathOf, type Place } from "@/lib/places/places";
import { openPlace } from "@/lib/places/use-place";

interface PlaceLinkProps extends Omit<ComponentPropsWithoutRef<"a">, "href"> {
  place: Place;
}

/** A link to a place: opened without a load, and as any other link in a tab of its own. */
export function PlaceLink({ place, onClick, ...rest }: PlaceLinkProps) {
  const href = pathOf(place);
  return (
    <a
      {...rest}
      href={href}
      onClick={(event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
        event.preventDefault();
        openPlace(href);
        onClick?.(event);
      }}
    />
  );
}
