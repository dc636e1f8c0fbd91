/** How many boxes a note has, and how many of them are ticked. */
export interface NoteProgress {
  done: number;
  total: number;
}

/** What a line of Markdown may begin with: marks of quotes and of lists, and a box at their end. */
const OPENING = /^(?:\s{0,3}>)*(\s*)((?:(?:[-*+]|\d{1,9}[.)])[ \t]+)*)(?:\[([ xX])\][ \t]+(?=\S))?/;
const FENCE = /^(?:`{3,}(?=[^`]*$)|~{3,})/;
/** A line that is indented so far, deeper than the list around it, is code. */
const CODE_INDENT = 4;

/** The progress of a note's boxes `- [ ]`, of which those in code are none; null where it has no boxes. */
export function noteProgress(note: string): NoteProgress | null {
  const progress = { done: 0, total: 0 };
  let fence = "";
  /** Where the text of the list around a line begins. */
  let inset = 0;
  for (const line of note.split(/\r?\n/)) {
    const [opening, indent, marks, box] = OPENING.exec(line) as unknown as string[];
    const rest = line.slice(opening!.length);
    const mark = FENCE.exec(rest)?.[0] ?? "";
    if (fence) {
      if (!marks && mark.startsWith(fence) && !rest.slice(mark.length).trim()) fence = "";
    } else if (rest && indent!.length < inset + CODE_INDENT) {
      fence = mark;
      if (marks && box) {
        progress.total++;
        if (box !== " ") progress.done++;
      }
      inset = marks || indent ? indent!.length + marks!.length : 0;
    }
  }
  return progress.total > 0 ? progress : null;
}

/** The note after the box of the list item that begins at an offset was ticked, or its tick taken away. */
export function withBoxTicked(note: string, itemStart: number): string {
  const at = note.indexOf("[", itemStart) + 1;
  const mark = note[at] === "x" || note[at] === "X" ? " " : "x";
  return note.slice(0, at) + mark + note.slice(at + 1);
}

/** The first line of a note as it reads, without the marks of Markdown. */
export function noteOpening(note: string): string {
  const first = note.trim().split("\n", 1)[0]!;
  return first
    .replace(OPENING, "")
    .replace(/^(```|~~~).*|^#+\s+/, "")
    .replace(/\[([^\]]*)\]\([^)]*\)/g, "$1")
    .replace(/(\*\*?|~~|`)(\S.*?)\1/g, "$2");
}
