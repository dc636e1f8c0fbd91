/** How long a notice stays, which may offer the way back; Ctrl+Z has it for longer. */
export const NOTICE_MS = 8_000;
