import { getPool } from "../database";

const WINDOW_MS = 15 * 60_000;

interface Tries {
  count: number;
  /** When the first of them was. PostgreSQL's bigint comes as text. */
  since: string;
}

/**
 * Counts a try in one statement, so that parallel tries on any number of pods all count. An id of its own for each: one
 * that is the same for two of them is a conflict which ON CONFLICT (key) does not mean.
 */
const COUNT = `
  INSERT INTO "rateLimit" (id, key, count, "lastRequest") VALUES (gen_random_uuid(), $1, $4, $2)
  ON CONFLICT (key) DO UPDATE SET
    count = CASE WHEN "rateLimit"."lastRequest" <= $3 THEN $4 ELSE "rateLimit".count + $4 END,
    "lastRequest" = CASE WHEN "rateLimit"."lastRequest" <= $3 THEN $2 ELSE "rateLimit"."lastRequest" END
  RETURNING count, "lastRequest" AS since`;

/** Forgets the tries under a key, and everybody's that are too old to matter. */
const FORGET = `DELETE FROM "rateLimit" WHERE key = $1 OR "lastRequest" <= $2`;

/**
 * Counts one more try under a key, in the database: a client's address means nothing behind a NodePort, and memory is
 * not shared between pods. With 0 of them it only looks, and nobody who waits for the answer can tell the two apart.
 * @returns the seconds until there may be another one; 0 as long as a quarter of an hour has not had `most` of them.
 */
export async function countTry(key: string, most: number, times: 0 | 1 = 1): Promise<number> {
  const now = Date.now();
  const { rows } = await getPool().query<Tries>(COUNT, [key, now, now - WINDOW_MS, times]);
  const tries = rows[0];
  return tries && tries.count - times >= most ? secondsLeft(tries, now) : 0;
}

const secondsLeft = ({ since }: Tries, now: number) =>
  Math.ceil((Number(since) + WINDOW_MS - now) / 1000);

/** Forgets the tries under a key, as after a success. */
export async function forgetTries(key: string): Promise<void> {
  await getPool().query(FORGET, [key, Date.now() - WINDOW_MS]);
}
