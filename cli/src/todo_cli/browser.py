"""A Chromium for the browser tests: the machine's own, else one that can be had."""

import os
import shutil
import sys
from pathlib import Path

from todo_cli.errors import Problem
from todo_cli.layout import Layout
from todo_cli.locks import locked
from todo_cli.process_environment import clean_environment
from todo_cli.programs import ProgramFailed, capture, stream
from todo_cli.progress import Step
from todo_cli.tools import Node

# Without a window Chromium's headless shell is the same browser for a third of the processor's time.
NAMES = (
    "chromium-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "microsoft-edge",
)
MAC_PATHS = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)


def find_browser(layout: Layout, node: Node, step: Step) -> str:
    """The path of a Chromium that runs: CHROMIUM_PATH, the machine's, else installed by apt or Playwright.

    Raises Problem when none can be had.
    """
    with locked(layout, "browser"):
        return _present() or _install(layout, node, step)


def _install(layout: Layout, node: Node, step: Step) -> str:
    log = layout.logs / "browser.log"
    if shutil.which("apt-get") and os.geteuid() == 0:
        step.note("installing chromium by apt-get")
        env = clean_environment(DEBIAN_FRONTEND="noninteractive")
        stream(["apt-get", "update", "-qq"], log=log, env=env, timeout=300, check=False)
        for package in ("chromium-headless-shell", "chromium"):
            try:
                install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", package]
                stream(install, log=log, env=env, timeout=900)
            except ProgramFailed:
                continue  # Ubuntu has it as a snap only: Playwright's own is last
            if found := _present():
                return found
    step.note("installing chromium by Playwright")
    try:
        stream(
            [node.npx, "playwright", "install", "chromium"],
            cwd=layout.frontend,
            log=log,
            env=node.on_path(clean_environment()),
            timeout=900,
        )
    except ProgramFailed as error:
        raise Problem(
            "no Chrome or Chromium is here, and none could be installed",
            details=error.details,
            fix="install one (sudo apt install chromium), or name yours: CHROMIUM_PATH=/path/to/chrome",
        ) from error
    script = "process.stdout.write(require('playwright-core').chromium.executablePath())"
    return capture([node.node, "-e", script], cwd=layout.frontend).stdout


def _present() -> str | None:
    """A browser that is here and runs."""
    places: list[str | None] = [os.environ.get("CHROMIUM_PATH"), *(shutil.which(name) for name in NAMES)]
    if sys.platform == "darwin":
        places += MAC_PATHS
    for place in places:
        if place and Path(place).exists() and capture([place, "--version"], check=False, timeout=120).ok:
            return place
    return None
