"""An OpenAI-compatible server that knows no key and writes down each one that it is shown."""

from dataclasses import dataclass

from acceptance.pods import pod_like
from todo_cli.kube.cluster import Cluster, Json

NAME = "model"
PORT = 8080
READY_SECONDS = 300
PROGRAM = f"""
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        # A line in one write: each request has a thread, and unbuffered Python writes a line's end by itself.
        print(self.headers.get("Authorization", "") + "\\n", end="", flush=True)
        body = b'{{"error": {{"message": "no such key", "code": "invalid_api_key"}}}}'
        self.send_response(401)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        pass

ThreadingHTTPServer.request_queue_size = 128  # as many may ask at once
ThreadingHTTPServer(("", {PORT}), Handler).serve_forever()
"""


def address(namespace: str) -> str:
    """Where the backend of any namespace reaches the one in `namespace`, as a base URL."""
    return f"http://{NAME}.{namespace}:{PORT}/v1"


@dataclass(frozen=True)
class ModelServer:
    """The one in the cluster's namespace."""

    cluster: Cluster

    def start(self, backend: Json) -> None:
        """Run it in a pod of the backend's image, and wait until it can be asked."""
        pod = pod_like(backend, NAME, {"run": NAME}, ["python", "-c", PROGRAM])
        pod["spec"]["containers"][0]["readinessProbe"] = {"tcpSocket": {"port": PORT}, "periodSeconds": 1}
        self.cluster.apply(pod)
        self.cluster.apply(
            {
                "apiVersion": "v1",
                "kind": "Service",
                "metadata": {"name": NAME},
                "spec": {"selector": {"run": NAME}, "ports": [{"port": PORT}]},
            }
        )
        wait = ("wait", "pod", NAME, "--for=condition=Ready", f"--timeout={READY_SECONDS}s")
        self.cluster.kubectl(*wait, timeout=READY_SECONDS + 10)

    def keys(self) -> list[str]:
        """The keys that it was shown, in their order."""
        return [line.removeprefix("Bearer ") for line in self.cluster.kubectl("logs", NAME).stdout.splitlines()]
