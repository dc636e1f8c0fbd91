import type { PlaceName } from "@/lib/places/places";
import { IconCalendarWeek, IconCircleCheck, IconListCheck, IconSun, IconTrash } from "../icons";

/** The icon of each place that is no tag. */
export const PLACE_ICONS: Record<PlaceName, typeof IconSun> = {
  today: IconSun,
  upcoming: IconCalendarWeek,
  all: IconListCheck,
  done: IconCircleCheck,
  trash: IconTrash,
};
