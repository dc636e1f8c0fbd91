const SEGMENTER = new Intl.Segmenter();

/** How many characters a text has as people count them: a family of emoji is one. */
export function characters(text: string): number {
  return Array.from(SEGMENTER.segment(text)).length;
}

/** Whether nothing of a text is seen: it has spaces, marks of formatting and the like alone. */
export function isBlank(text: string): boolean {
  return !/[^\p{Z}\p{C}\p{M}\p{Default_Ignorable_Code_Point}\u2800]/u.test(text);
}
