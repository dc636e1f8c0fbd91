/** How many colours there are for tags, in the sidebar's style sheet. */
export const TAG_COLORS = 6;

/** The number of a tag's colour: always the same one, so that it is known again. */
export function tagColor(tag: string): number {
  let hash = 7;
  for (const letter of tag) hash = (hash * 131 + letter.codePointAt(0)!) % 1_000_003;
  // The last letters alone would decide too much.
  return (hash ^ (hash >>> 9) ^ (hash >>> 17)) % TAG_COLORS;
}
