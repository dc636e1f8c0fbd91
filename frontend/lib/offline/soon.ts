/** An answer that takes longer is not waited for before what is kept on this device is shown. */
export const SLOW_MS = 3_000;

/** What is awaited, or null where it has not come soon; rejects where it does so soon. */
export function soon<Answer>(awaited: Promise<Answer>): Promise<Answer | null> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const isSlow = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), SLOW_MS);
  });
  return Promise.race([awaited, isSlow]).finally(() => clearTimeout(timer));
}
