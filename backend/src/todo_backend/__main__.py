"""`python -m todo_backend serve | migrate | smoke | openapi`."""

import argparse
import json
import signal
import sys

EX_CONFIG = 78  # sysexits.h: something was found in an unconfigured or misconfigured state
TERMINATED = 128 + signal.SIGTERM  # as a shell reports it


def main() -> int:
    """Run the command; the exit code is 0, 1 for a failure, 78 for an unusable environment, 143 after SIGTERM."""
    # Process 1 of a container does not end by a signal that it has no handler for. The server has its own meanwhile.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(TERMINATED))
    parser = argparse.ArgumentParser(prog="todo_backend", description="Todo Stack's backend.")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("serve", help="serve REST, chat, ChatKit and MCP")
    commands.add_parser("migrate", help="wait for the database and bring its schema up to date")
    commands.add_parser("smoke", help="check a running stack at SMOKE_URL as its users see it")
    commands.add_parser("openapi", help="print the OpenAPI document")
    command = parser.parse_args().command

    from todo_backend.core.settings import SettingsError

    try:
        return {"serve": serve, "migrate": migrate, "smoke": smoke, "openapi": openapi}[command]()
    except SettingsError as error:
        sys.stderr.write("".join(f"{problem}\n" for problem in error.problems))
        return EX_CONFIG


def serve() -> int:
    """Serve until SIGTERM."""
    import uvicorn

    from todo_backend.core.settings import Settings, load

    settings = load(Settings)  # once here, so that a bad environment ends the process before any worker starts
    uvicorn.run(
        "todo_backend.app:create_app",
        factory=True,
        host=settings.host,
        port=settings.port,
        workers=settings.workers,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=settings.shutdown_timeout_seconds,
    )
    return 0


def migrate() -> int:
    """Migrate the database, waiting for it."""
    from todo_backend.core.settings import DatabaseSettings, load
    from todo_backend.db.migrate import migrate

    return 0 if migrate(load(DatabaseSettings)) else 1


def smoke() -> int:
    """Check a running stack."""
    import asyncio

    from todo_backend.core.settings import SmokeSettings, load
    from todo_backend.ops.smoke import smoke

    return 0 if asyncio.run(smoke(load(SmokeSettings))) else 1


def openapi() -> int:
    """Print the OpenAPI document."""
    from todo_backend.app import documented_app

    json.dump(documented_app().openapi(), sys.stdout, indent=2, ensure_ascii=False)
    sys.stdout.write("\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
