"""The operations MCP server: how this deployment is, for people and agents who run it. It shows nothing of users."""

import platform
import time
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from mcp.server.mcpserver import MCPServer
from mcp.types import ToolAnnotations
from pydantic import BaseModel, Field, ValidationError

from todo_backend import __version__
from todo_backend.core.codes import Code
from todo_backend.core.settings import Settings
from todo_backend.db.health import DatabaseHealth
from todo_backend.db.pool import Pool
from todo_backend.db.schema import required_revision
from todo_backend.ops.peers import Peers, PodHealth
from todo_backend.ops.recent_errors import KEPT, LoggedError, recent_errors

INSTRUCTIONS = (
    "How a deployment of Todo Stack is: its version, its backend pods, its database, its recent errors. Nothing can be "
    "changed here, and nothing of users is shown. Begin with get_pods. An error's request_id leads to the full line in "
    "the log of its pod."
)
THIS_POD = "this"
_READS = ToolAnnotations(read_only_hint=True, open_world_hint=False)
_started = time.monotonic()


class Version(BaseModel):
    """What runs in the pod that answers."""

    version: str
    pod: str
    python: str
    started_at: str
    workers: int
    assistant: str
    database_connections_at_most: int


class Pods(BaseModel):
    """Every pod of the backend, unready ones too."""

    pods: list[PodHealth]
    problem: str | None = Field(default=None, description="why there may be more pods than these")


class Database(BaseModel):
    """The database, seen from the pod that answers."""

    reachable: bool
    problem: str | None
    latency_ms: float | None
    server_version: str | None
    revision: str | None = Field(description="of the tables")
    wanted_revision: str
    connections: int
    requests_waiting_for_a_connection: int


class ErrorsOfPod(BaseModel):
    """The newest errors first."""

    pod: str
    errors: list[LoggedError]


class ErrorsByPod(BaseModel):
    """What went wrong lately, by pod."""

    pods: list[ErrorsOfPod]
    problem: str | None = Field(default=None, description="pods that could not be asked")


Limit = Annotated[int, Field(ge=1, le=KEPT, description="of each pod")]
PodName = Annotated[str, Field(max_length=253, description=f"a pod's name, `{THIS_POD}` for the one that answers")]


def create_operations_server(settings: Settings, pool: Pool, database: DatabaseHealth, peers: Peers) -> MCPServer[Any]:
    """The server of this process."""
    server: MCPServer[Any] = MCPServer(
        "todo-stack-operations",
        title="Todo Stack operations",
        instructions=INSTRUCTIONS,
        version=__version__,
        log_level="WARNING",
    )

    @server.tool(annotations=_READS)
    async def get_version() -> Version:
        """What runs in the pod that answers: version, start, assistant, limits."""
        started = datetime.now(UTC) - timedelta(seconds=time.monotonic() - _started)
        return Version(
            version=__version__,
            pod=settings.pod_name,
            python=platform.python_version(),
            started_at=started.isoformat(timespec="seconds"),
            workers=settings.workers,
            assistant=settings.assistant,
            database_connections_at_most=settings.database_pool_size * settings.workers,
        )

    @server.tool(annotations=_READS)
    async def get_pods() -> Pods:
        """Every backend pod: whether it answers, whether it is ready and why not, how fast it answers."""
        try:
            return Pods(pods=await peers.health())
        except OSError as error:
            return Pods(pods=[], problem=f"the pods' name cannot be looked up: {error}")

    @server.tool(annotations=_READS)
    async def get_database() -> Database:
        """Whether the database answers, how fast, and of which revision its tables are. It wakes up a sleeping one."""
        report = await database.check()
        stats = pool.get_stats()
        wrong = [one.detail for one in (report.database, report.schema) if one.code not in (Code.OK, Code.UNKNOWN)]
        return Database(
            reachable=report.database.ok,
            problem="; ".join(wrong) or None,
            latency_ms=None if report.milliseconds is None else round(report.milliseconds, 1),
            server_version=report.server,
            revision=report.revision,
            wanted_revision=required_revision(),
            connections=stats.get("pool_size", 0),
            requests_waiting_for_a_connection=stats.get("requests_waiting", 0),
        )

    @server.tool(annotations=_READS)
    async def get_recent_errors(pod: PodName | None = None, limit: Limit = 20) -> ErrorsByPod:
        """The newest warnings and errors of every pod, or of one: what the log says, without what users wrote."""
        if pod in (THIS_POD, settings.pod_name):
            return ErrorsByPod(pods=[ErrorsOfPod(pod=settings.pod_name, errors=recent_errors.newest(limit))])
        try:
            answers = await peers.call("get_recent_errors", {"pod": THIS_POD, "limit": limit})
        except OSError as error:
            return ErrorsByPod(pods=[], problem=f"the pods' name cannot be looked up: {error}")
        reported: list[ErrorsOfPod] = []
        silent: list[str] = []
        for address, answer in answers:
            try:
                reported += ErrorsByPod.model_validate(answer).pods
            except ValidationError:  # none, or one of another version during a rollout
                silent.append(address)
        return ErrorsByPod(
            pods=[errors for errors in reported if pod in (None, errors.pod)],
            problem=f"no answer from {', '.join(silent)}" if silent else None,
        )

    return server
