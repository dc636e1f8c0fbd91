/** An answer that takes longer is not waited for before what is kept on this device is shown. */
export const SLOW_MS = 3_000;

/** What is awaited, or null where it has not come within so many ms; rejects where it does so before. */
export function soon<Answer>(awaited: Promise<Answer>, within = SLOW_MS): Promise<Answer | null> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const isSlow = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), within);
  });
  return Promise.race([awaited, isSlow]).finally(() => clearTimeout(timer));
}
