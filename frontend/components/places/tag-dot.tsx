import { tagColor } from "@/lib/places/tag-color";
import classes from "./tag-dot.module.css";

/** A tag's colour. */
export function TagDot({ tag }: { tag: string }) {
  return <span className={classes.dot} data-color={tagColor(tag)} />;
}
