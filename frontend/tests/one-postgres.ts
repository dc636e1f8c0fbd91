import type { TestProject } from "vitest/node";
import { noPostgres, Postgres } from "./postgres";

declare module "vitest" {
  interface ProvidedContext {
    postgres: { url: string; problem: string };
  }
}

/** One PostgreSQL for all files of a run: making one costs more than most of them. */
export default async function setup(project: TestProject): Promise<(() => Promise<void>) | void> {
  if (noPostgres) return project.provide("postgres", { url: "", problem: noPostgres });
  const postgres = await Postgres.start();
  project.provide("postgres", { url: postgres.url("first"), problem: "" });
  return () => postgres.remove();
}
