"""Both tiers as small stand-ins, with a build of their own: enough for the process engine to run."""

import json
import subprocess

from copies import link_tree
from todo_cli.engines.postgres import data_folder
from todo_cli.layout import Layout, find_layout
from todo_cli.process_environment import clean_environment

BACKEND = """
import json, os, sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
if sys.argv[1] == "check":
    sys.exit(0)
if sys.argv[1] == "migrate":
    print("the schema is up to date")
    sys.exit(0)
if os.path.exists("broken"):
    print("OPENAI_MODEL: is no model")
    sys.exit(78)
class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(401 if self.path.startswith("/api") else 200)
        self.send_header("X-Served-By", os.environ["POD_NAME"])
        self.end_headers()
        self.wfile.write(json.dumps({"settings": sorted(os.environ)}).encode())
    def log_message(self, *arguments): pass
ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), Handler).serve_forever()
"""
BUILD = """
const fs = require("fs");
fs.mkdirSync(".next/standalone", {recursive: true}); fs.mkdirSync(".next/static", {recursive: true});
fs.copyFileSync("server.src.js", ".next/standalone/server.js");
"""
SERVER = """
const http = require("http");
http.createServer((request, response) => {
  const own = {"x-frontend-served-by": "frontend"};
  if (!request.url.startsWith("/api")) { response.writeHead(200, own); response.end("{}"); return; }
  http.get(process.env.BACKEND_URL + request.url, (answer) => {
    response.writeHead(answer.statusCode, {...own, ...answer.headers}); answer.pipe(response);
  }).on("error", () => { response.writeHead(502, own); response.end("{}"); });
}).listen(process.env.PORT, process.env.HOSTNAME);
"""
LOCK = {"name": "x", "lockfileVersion": 3, "requires": True, "packages": {"": {"name": "x"}}}
# `todo dev` starts it.
DEV = """
import { createRequire } from "node:module";
createRequire(import.meta.url)("../server.src.js");
"""


def write_small_stack(layout: Layout) -> None:
    """Both tiers' sources, and PostgreSQL's programs."""
    backend, frontend = layout.backend, layout.frontend
    (backend / "requirements.lock").write_text("")
    (backend / "src/todo_backend/__init__.py").write_text("")
    (backend / "src/todo_backend/__main__.py").write_text(BACKEND)
    (frontend / "package.json").write_text(json.dumps({"name": "x", "scripts": {"build": "node build.js"}}))
    (frontend / "package-lock.json").write_text(json.dumps(LOCK))
    (frontend / "build.js").write_text(BUILD)
    (frontend / "scripts").mkdir()
    (frontend / ".npmrc").write_text("audit=false\n")
    (frontend / "scripts/dev.mjs").write_text(DEV)
    (frontend / "scripts/locked-addresses.mjs").write_text("// Nothing is locked.\n")
    (frontend / "server.src.js").write_text(SERVER)
    # PostgreSQL's programs are large: taken from the checkout's own tools, if they are there.
    tools = find_layout().cache / "tools"
    if tools.is_dir():
        layout.cache.mkdir(exist_ok=True)
        link_tree(tools, layout.cache / "tools")


def environment_of(stack: Layout) -> dict[str, str]:
    """What leads the stack's own `todo_cli` to it, whatever whoever runs the tests has set."""
    return clean_environment(
        TODO_HOME=str(stack.home),
        TODO_PORT=str(stack.port),
        TODO_ENV_FILE=str(stack.env_file),
        PYTHONPATH=str(stack.root / "cli" / "src"),
    )


def bring_what_is_made(source: Layout, target: Layout) -> None:
    """Copy what the first `up` makes and the next ones only use."""
    for folder in (
        source.cache / "python",
        source.cache / "frontend",
        data_folder(source),
        source.frontend / "node_modules",
    ):
        copy = target.root / folder.relative_to(source.root)
        copy.parent.mkdir(parents=True, exist_ok=True)
        subprocess.run(["cp", "-a", f"{folder}/.", copy], check=True)  # with its owner, who is not root
