"""The API server read over one connection that stays open: a `kubectl` for each look takes 60 ms of a processor."""

import json
import socket
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from urllib.parse import quote, urlencode

from acceptance.background import kept_running
from todo_cli.kube.cluster import Cluster, Json
from todo_cli.programs import Result

ANSWER_SECONDS = 30.0
#: The kinds that are looked at: what they are called in addresses, and where the API has them.
KINDS = {
    "Pod": ("pods", "/api/v1"),
    "Service": ("services", "/api/v1"),
    "Secret": ("secrets", "/api/v1"),
    "Event": ("events", "/api/v1"),
    "Node": ("nodes", "/api/v1"),
    "Namespace": ("namespaces", "/api/v1"),
    "Deployment": ("deployments", "/apis/apps/v1"),
    "ReplicaSet": ("replicasets", "/apis/apps/v1"),
    "EndpointSlice": ("endpointslices", "/apis/discovery.k8s.io/v1"),
    "Ingress": ("ingresses", "/apis/networking.k8s.io/v1"),
}
NAMES = {name: kind for kind, (plural, _) in KINDS.items() for name in (kind.lower(), plural)}  # as kubectl takes them
OF_NO_NAMESPACE = ("Node", "Namespace")


class _Connection(HTTPConnection):
    """HTTP over a Unix socket."""

    def __init__(self, file: Path) -> None:
        super().__init__("localhost", timeout=ANSWER_SECONDS)
        self._file = file

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(ANSWER_SECONDS)
        self.sock.connect(str(self._file))


class ApiServer:
    """What `kubectl proxy` leads to, by its Unix socket: the API, signed in to as kubectl is."""

    def __init__(self, file: Path) -> None:
        self._connection = _Connection(file)
        self._lock = threading.Lock()

    def get(self, path: str) -> str | None:
        """What stands at this path; None where there is no good answer, be it that nobody listens yet."""
        with self._lock:
            try:
                self._connection.request("GET", path)
                answer = self._connection.getresponse()
                body = answer.read().decode(errors="replace")
            except (OSError, HTTPException):
                self._connection.close()
                return None
        return body if answer.status == HTTPStatus.OK else None

    def close(self) -> None:
        """End the connection; the next request opens it anew."""
        with self._lock:
            self._connection.close()


@dataclass(frozen=True)
class ReadCluster(Cluster):
    """A cluster whose objects and logs are read from its API server.

    What that has no good answer to, and all else, kubectl is asked: errors are in its words.
    """

    api: ApiServer | None = field(default=None, compare=False)

    def kubectl(self, *arguments: str, stdin: str | None = None, check: bool = True, timeout: float = 300) -> Result:
        """What kubectl would print."""
        read = None if self.api is None or stdin is not None else _read(self.api, self.namespace, arguments)
        if read is not None:
            return Result(0, read, "")
        return super().kubectl(*arguments, stdin=stdin, check=check, timeout=timeout)


@contextmanager
def reading(cluster: Cluster) -> Iterator[ReadCluster]:
    """The cluster, read over one connection meanwhile; it ends with this process, too."""
    with tempfile.TemporaryDirectory(prefix="todo-api-") as folder:
        file = Path(folder) / "socket"
        proxy = [cluster.kubectl_program, "--context", cluster.context, "proxy", f"--unix-socket={file}"]
        with kept_running(proxy):
            api = ApiServer(file)
            try:
                yield ReadCluster(**vars(cluster) | {"api": api})
            finally:
                api.close()


def _read(api: ApiServer, namespace: str, arguments: Sequence[str]) -> str | None:
    """What the API server has of what kubectl is asked for; None where that is nothing, or something else."""
    match arguments:
        case ("get", "--raw", path, *_):
            return api.get(path)
        case ("get", kinds, "-o", "json") if "/" not in kinds:
            return _list(api, namespace, kinds, {})
        case ("get", kinds, "-l", selector, "-o", "json"):
            return _list(api, namespace, kinds, {"labelSelector": selector})
        case ("get", kinds, "--all-namespaces", "-o", "json"):
            return _list(api, "", kinds, {})
        case ("get", one, "-o", "json"):
            return _object(api, namespace, *one.split("/"))
        case ("get", kind, name, "-o", "json") | ("get", kind, name, "--ignore-not-found", "-o", "json"):
            return _object(api, namespace, kind, name)
        case ("logs", pod, *options) if "/" not in pod:
            return _log(api, namespace, pod, options)
    return None


def _list(api: ApiServer, namespace: str, kinds: str, query: dict[str, str]) -> str | None:
    """The objects of these kinds, as kubectl prints them."""
    items: list[Json] = []
    for word in kinds.split(","):
        kind = NAMES.get(word)
        found = api.get(f"{_path(kind, namespace)}?{urlencode(query)}") if kind else None
        if not kind or found is None:
            return None
        version = KINDS[kind][1].split("/", 2)[2]
        items += [{"apiVersion": version, "kind": kind} | _shown(one) for one in json.loads(found)["items"]]
    return json.dumps({"apiVersion": "v1", "kind": "List", "items": items})


def _object(api: ApiServer, namespace: str, kind: str, name: str) -> str | None:
    """One object, as kubectl prints it."""
    found = api.get(f"{_path(NAMES[kind], namespace)}/{quote(name)}") if kind in NAMES else None
    return None if found is None else json.dumps(_shown(json.loads(found)))


def _shown(one: Json) -> Json:
    one["metadata"].pop("managedFields", None)
    return one


def _log(api: ApiServer, namespace: str, pod: str, options: Sequence[str]) -> str | None:
    """What a pod's container wrote."""
    query: dict[str, str] = {}
    match list(options):
        case []:
            pass
        case ["-c", container]:
            query = {"container": container}
        case ["-c", container, tail, *previous] if tail.startswith("--tail=") and previous in ([], ["--previous"]):
            query = {"container": container, "tailLines": tail.partition("=")[2]}
            query |= {"previous": "true"} if previous else {}
        case _:
            return None
    return api.get(f"{_path('Pod', namespace)}/{quote(pod)}/log?{urlencode(query)}")


def _path(kind: str, namespace: str) -> str:
    """Where the API has the objects of a kind; in every namespace where none is given."""
    plural, group = KINDS[kind]
    within = f"/namespaces/{namespace}" if namespace and kind not in OF_NO_NAMESPACE else ""
    return f"{group}{within}/{plural}"
