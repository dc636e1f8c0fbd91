/** Next calls this once when the server starts: a server with unusable settings must not start. */
export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME !== "nodejs") return;
  const { checkSettingsOrExit } = await import("./lib/start");
  checkSettingsOrExit();
}
