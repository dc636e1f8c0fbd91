"""A registry that lets nobody in without a login: a pod of our own image, on the node's own address.

Container runtimes ask a registry at localhost without TLS.
"""

from typing import Any

from cluster.own_release import OwnRelease

PROGRAM = """
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer

class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(401)
        self.send_header("Www-Authenticate", 'Basic realm="locked"')
        self.end_headers()

    do_HEAD = do_GET

HTTPServer(("localhost", int(sys.argv[1])), Handler).serve_forever()
"""


def locked_registry(release: OwnRelease, port: int) -> dict[str, Any]:
    """The registry's pod."""
    container = {"name": "registry", "command": ["python", "-c", PROGRAM, str(port)]}
    return release.pod("registry", container, hostNetwork=True)
