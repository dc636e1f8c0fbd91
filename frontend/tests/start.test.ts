import { afterEach, expect, it, vi } from "vitest";

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

it("a server with unusable settings ends at once with status 78 and a line for each problem", async () => {
  for (const name of ["DATABASE_URL", "BETTER_AUTH_SECRET", "BACKEND_URL"]) vi.stubEnv(name, "");
  const exit = vi.spyOn(process, "exit").mockImplementation(() => undefined as never);
  const write = vi.spyOn(process.stderr, "write").mockReturnValue(true);
  const { checkSettingsOrExit } = await import("@/lib/start");
  checkSettingsOrExit();
  expect(exit).toHaveBeenCalledExactlyOnceWith(78);
  const lines = write.mock.calls
    .map(([text]) => String(text))
    .join("")
    .trimEnd()
    .split("\n");
  expect(lines.map((line) => line.split(":")[0])).toEqual([
    "DATABASE_URL",
    "BETTER_AUTH_SECRET",
    "BACKEND_URL",
  ]);
});
