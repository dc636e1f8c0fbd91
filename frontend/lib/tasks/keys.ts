/** First part of the key of all that changes with tasks: invalidating it refreshes every list, the counts and the trash. */
export const TASKS = ["tasks"] as const;
/** First part of the key of every list of tasks. */
export const LISTS = [...TASKS, "lists"] as const;
