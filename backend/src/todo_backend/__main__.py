"""`python -m todo_backend serve | migrate | check | smoke | openapi`."""

import argparse
import gc
import json
import signal
import sys

EX_CONFIG = 78  # sysexits.h: something was found in an unconfigured or misconfigured state
STARTUP_FAILURE = 3  # as uvicorn has it
TERMINATED = 128 + signal.SIGTERM  # as a shell reports it


def main() -> int:
    """Run the command; the exit code is 0, 1 or 3 for a failure, 78 for an unusable environment, 143 after SIGTERM."""
    gc.disable()  # imports make no garbage, and collections are a fifth of their time; a server that is ready has them
    # Process 1 of a container does not end by a signal that it has no handler for. The server has its own meanwhile.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(TERMINATED))
    parser = argparse.ArgumentParser(prog="todo_backend", description="Todo Stack's backend.")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("serve", help="serve REST, chat, ChatKit and MCP")
    commands.add_parser("migrate", help="wait for the database and bring its schema up to date")
    checking = commands.add_parser("check", help="judge the settings: a line for each problem; exit code 0 or 78")
    checking.add_argument("--json", action="store_true", help="lines of JSON: code, setting, detail")
    commands.add_parser("smoke", help="check a running stack at SMOKE_URL as its users see it")
    commands.add_parser("openapi", help="print the OpenAPI document")
    given = parser.parse_args()
    if given.command == "check":
        return check(as_json=given.json)

    from todo_backend.core.settings import SettingsError
    from todo_backend.core.termination import write_termination_message

    try:
        return {"serve": serve, "migrate": migrate, "smoke": smoke, "openapi": openapi}[given.command]()
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        write_termination_message(error.problems)
        return EX_CONFIG


def serve() -> int:
    """Serve until SIGTERM."""
    from contextlib import suppress

    import uvicorn
    from uvicorn.supervisors import Multiprocess

    from todo_backend.core.http_protocol import PatientProtocol
    from todo_backend.core.server import QuietServer
    from todo_backend.core.settings import Settings, load

    settings = load(Settings)  # once here, so that a bad environment ends the process before any worker starts
    config = uvicorn.Config(
        "todo_backend.app:create_app",
        factory=True,
        http=PatientProtocol,
        ws="none",
        host=settings.host,
        port=settings.port,
        workers=settings.workers,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=settings.shutdown_timeout_seconds,
    )
    with suppress(KeyboardInterrupt):
        if settings.workers > 1:
            Multiprocess(config, sockets=[config.bind_socket()]).run()
            return 0
        config.load_app()  # while SIGTERM still ends the process at once
        server = QuietServer(config)
        server.run()
    return 0 if server.started else STARTUP_FAILURE


def migrate() -> int:
    """Migrate the database, waiting for it."""
    from todo_backend.core import logs
    from todo_backend.core.settings import DatabaseSettings, load
    from todo_backend.db.migrate import migrate

    settings = load(DatabaseSettings)
    logs.configure("info", settings.pod_name)  # whatever LOG_LEVEL is: its last line says what the pod waits for
    return 0 if migrate(settings) else 1


def check(*, as_json: bool) -> int:
    """Judge the settings of `serve` and `migrate`. It leaves no termination message: a server may go on beside it."""
    from todo_backend.core.settings import Settings, SettingsError, load

    try:
        load(Settings)
    except SettingsError as error:
        for problem in error.problems:
            sys.stdout.write(f"{problem.as_json() if as_json else problem.detail}\n")
        return EX_CONFIG
    return 0


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
