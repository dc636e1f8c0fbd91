"""A cluster is read over one connection, as kubectl would print it; what that does not give, kubectl does."""

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from socketserver import ThreadingUnixStreamServer
from typing import Any

import pytest
from acceptance.api_server import ApiServer, ReadCluster

from todo_cli.kube.cluster import Cluster
from todo_cli.programs import Result

POD = {"metadata": {"name": "p", "managedFields": [{}]}}
PODS = "/api/v1/namespaces/space/pods"
ANSWERS: dict[str, Any] = {
    f"{PODS}?": {"items": [POD]},
    f"{PODS}?labelSelector=app%3Dtodo%2Ctier+in+%28a%2Cb%29": {"items": []},
    f"{PODS}/p": {"kind": "Pod", **POD},
    f"{PODS}/p/log?": "of its only container",
    f"{PODS}/p/log?container=c": "of c",
    f"{PODS}/p/log?container=c&tailLines=20&previous=true": "the former end of c",
    "/api/v1/pods?": {"items": [POD, POD]},
    "/api/v1/nodes?": {"items": [{"metadata": {"name": "n"}}]},
    "/apis/apps/v1/namespaces/space/deployments?": {"items": [{"metadata": {"name": "d"}}]},
    "/apis/apps/v1/namespaces/space/deployments/d": {"kind": "Deployment", "metadata": {"name": "d"}},
    "/readyz": "ok",
}
READ_POD = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"}}
READ_DEPLOYMENT = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "d"}}


@dataclass
class Server:
    """An API server that answers from the table, by a Unix socket."""

    file: Path
    connections: int = 0
    asked: list[str] = field(default_factory=list)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    found = Server(tmp_path / "socket")

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def setup(self) -> None:
            super().setup()
            found.connections += 1

        def do_GET(self) -> None:
            found.asked.append(self.path)
            answer = ANSWERS.get(self.path)
            body = (answer if isinstance(answer, str) else json.dumps(answer)).encode()
            self.send_response(404 if answer is None else 200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    listening = ThreadingUnixStreamServer(str(found.file), Handler)
    listening.daemon_threads = True
    thread = threading.Thread(target=listening.serve_forever, args=(0.01,))
    thread.start()
    yield found
    listening.shutdown()
    thread.join()
    listening.server_close()


@pytest.fixture
def cluster(server: Server, monkeypatch: pytest.MonkeyPatch) -> ReadCluster:
    """Read from that server; kubectl says what it was asked."""
    monkeypatch.setattr(Cluster, "_run", lambda _, command, **__: Result(0, " ".join(command[5:]), "by kubectl"))
    return ReadCluster("kubectl", "helm", "nowhere", "space", api=ApiServer(server.file))


@pytest.mark.parametrize(
    ("words", "printed"),
    [
        ("get pods", {"items": [READ_POD]}),
        ("get pod p", READ_POD),
        ("get pod p --ignore-not-found", READ_POD),
        ("get pods --all-namespaces", {"items": [READ_POD, READ_POD]}),
        ("get nodes", {"items": [{"apiVersion": "v1", "kind": "Node", "metadata": {"name": "n"}}]}),
        ("get deployments,pods", {"items": [READ_DEPLOYMENT, READ_POD]}),
        ("get deployment/d", {"kind": "Deployment", "metadata": {"name": "d"}}),
    ],
)
def test_objects_are_as_kubectl_prints_them(cluster: ReadCluster, words: str, printed: dict[str, Any]) -> None:
    result = cluster.kubectl(*words.split(), "-o", "json")
    assert result.stderr != "by kubectl"
    found = json.loads(result.stdout)
    assert {key: found[key] for key in printed if key != "apiVersion"} == {
        key: value for key, value in printed.items() if key != "apiVersion"
    }


def test_a_selector_is_passed_on(cluster: ReadCluster) -> None:
    assert cluster.items("pods", "-l", "app=todo,tier in (a,b)") == []


@pytest.mark.parametrize(
    ("words", "printed"),
    [
        ("logs p", "of its only container"),
        ("logs p -c c", "of c"),
        ("logs p -c c --tail=20 --previous", "the former end of c"),
        ("get --raw /readyz --request-timeout=5s", "ok"),
    ],
)
def test_so_is_text(cluster: ReadCluster, words: str, printed: str) -> None:
    assert cluster.kubectl(*words.split()) == Result(0, printed, "")


@pytest.mark.parametrize(
    "words",
    [
        "get pod missing -o json",
        "get widgets -o json",
        "get pods -o name",
        "get pod p -o jsonpath={.status}",
        "get pod p q -o json",
        "get -f - -o json",
        "logs missing",
        "logs deployment/d",
        "logs p --follow",
        "delete pod p",
    ],
)
def test_all_else_is_asked_of_kubectl(cluster: ReadCluster, words: str) -> None:
    assert cluster.kubectl(*words.split()) == Result(0, words, "by kubectl")


def test_one_connection_is_kept_and_opened_anew(cluster: ReadCluster, server: Server) -> None:
    assert cluster.api is not None
    assert [cluster.reachable() for _ in range(3)] == [True] * 3
    assert server.connections == 1
    cluster.api.close()
    assert cluster.api.get("/readyz") == "ok"
    assert server.connections == 2


def test_without_a_server_kubectl_is_asked(cluster: ReadCluster, tmp_path: Path) -> None:
    alone = ReadCluster(**vars(cluster) | {"api": ApiServer(tmp_path / "nobody")})
    assert alone.kubectl("logs", "p").stderr == "by kubectl"
