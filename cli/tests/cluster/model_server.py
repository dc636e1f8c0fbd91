"""An OpenAI-compatible server that knows no key, and writes down each one that it is shown: a pod of our own image."""

from typing import Any

from cluster.own_release import OwnRelease

MODEL_ADDRESS = "http://model:8080/v1"
PROGRAM = """
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        print(self.headers.get("Authorization", ""), flush=True)
        body = b'{"error": {"message": "no such key", "code": "invalid_api_key"}}'
        self.send_response(401)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        pass

ThreadingHTTPServer(("", 8080), Handler).serve_forever()
"""


def model_server(release: OwnRelease) -> tuple[dict[str, Any], dict[str, Any]]:
    """The server's pod and Service."""
    service = {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "model"},
        "spec": {"selector": {"run": "model"}, "ports": [{"port": 8080}]},
    }
    return release.pod("model", {"name": "model", "command": ["python", "-c", PROGRAM]}), service


def keys_shown(release: OwnRelease) -> list[str]:
    """The keys that the server was shown, in their order."""
    return [line.removeprefix("Bearer ") for line in release.kubectl("logs", "model").splitlines()]
