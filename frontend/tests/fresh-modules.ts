import { vi } from "vitest";

// Files share their processes and the packages that these have loaded; a file finds nothing else of the one before.
vi.resetModules();
vi.unstubAllGlobals();
vi.unstubAllEnvs();
vi.restoreAllMocks();
vi.useRealTimers();
