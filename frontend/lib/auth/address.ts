const ADDRESS = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;
/** What nobody sees in an address, and nobody types. */
const INVISIBLE = /[\p{C}\p{Z}\p{Default_Ignorable_Code_Point}\u2800]/u;

/** Whether a text has the form of an email address. */
export function looksLikeAddress(text: string): boolean {
  return ADDRESS.test(text);
}

/** Whether a text has characters that nobody sees. */
export function hasInvisible(text: string): boolean {
  return INVISIBLE.test(text);
}
