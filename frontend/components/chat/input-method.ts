import type { KeyboardEvent } from "react";

/** What some browsers (Safari) still send for the key that ends a composition. */
const IN_COMPOSITION = 229;

/** Whether a key goes to an input method, such as the Enter that chooses a character: it is not ours. */
export function isComposing({ nativeEvent }: KeyboardEvent): boolean {
  return nativeEvent.isComposing || nativeEvent.keyCode === IN_COMPOSITION;
}
