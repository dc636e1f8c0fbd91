"""What is in an image: the layers above its base, and the packages that take the most of them."""

import json
from dataclasses import dataclass

from todo_cli.errors import Problem
from todo_cli.programs import capture

# The first thing that our Dockerfiles do to their base.
FIRST_INSTRUCTION = "org.opencontainers.image.title="
MEASURE_SECONDS = 120
# What each may add to its base image, in MB of uncompressed layers.
LIMITS_MB = {"backend": 110, "frontend": 35}

# Run by the image's own interpreter: no image has a shell that we rely on. Each prints {"name version": bytes}.
PYTHON_PACKAGES = """
import json, os, sys
from importlib.metadata import distributions
from importlib.util import cache_from_source

def size(path):
    return os.path.getsize(path) if os.path.isfile(path) else 0

def below(folder):
    return sum(size(os.path.join(parent, name)) for parent, _, names in os.walk(folder) for name in names)

found = {}
for one in distributions(path=[path for path in sys.path if path.startswith("/app/")]):
    files = [str(one.locate_file(file)) for file in one.files or []]
    bytecode = [cache_from_source(file) for file in files if file.endswith(".py")]
    found[f"{one.name} {one.version}"] = sum(map(size, files + bytecode))
found["(bytecode of the standard library)"] = below(sys.pycache_prefix + os.path.dirname(os.__file__))
found["(other files)"] = below("/app") - sum(found.values())
print(json.dumps(found))
"""
NODE_PACKAGES = """
const { readdirSync, readFileSync, lstatSync } = require("fs");
const found = {};
function walk(folder, owner) {
  for (const name of readdirSync(folder)) {
    const path = folder + "/" + name, stat = lstatSync(path);
    if (!stat.isDirectory()) found[owner] = (found[owner] || 0) + stat.size;
    else if (folder.endsWith("/node_modules") && name[0] !== "@" || /[/]node_modules[/]@[^/]+$/.test(folder)) {
      let version = "";
      try { version = " " + JSON.parse(readFileSync(path + "/package.json", "utf8")).version; } catch {}
      walk(path, path.split("/node_modules/").pop() + version);
    } else walk(path, folder === "/app/.next" ? "(.next/" + name + ")" : owner);
  }
}
walk("/app", "(other files)");
console.log(JSON.stringify(found));
"""
MEASURES = {
    "backend": ("python", "-c", PYTHON_PACKAGES),
    "frontend": ("node", "-e", NODE_PACKAGES),
}


@dataclass(frozen=True)
class Part:
    """A layer or a package: what it is, and its size in bytes."""

    name: str
    size: int


def own_layers(reference: str) -> list[Part]:
    """The layers above the base image, from the lowest up, named by the instructions that made them."""
    command = ["docker", "history", "--no-trunc", "--human=false", "--format", "{{json .}}", reference]
    layers: list[Part] = []
    for line in capture(command).stdout.splitlines():
        entry = json.loads(line)
        instruction, size = entry["CreatedBy"], int(entry["Size"])
        if size or instruction.startswith(("COPY", "RUN", "ADD")):
            layers.insert(0, Part(instruction.removesuffix(" # buildkit"), size))
        if FIRST_INSTRUCTION in instruction:
            return layers
    raise Problem(f"{reference} was not built by our Dockerfile", fix="./todo images --build")


def packages(tier: str, reference: str) -> list[Part]:
    """The packages in the image with their bytecode, the largest first."""
    program, *arguments = MEASURES[tier]
    command = ["docker", "run", "--rm", "--network", "none", "--read-only", "--entrypoint", program, reference]
    found = json.loads(capture([*command, *arguments], timeout=MEASURE_SECONDS).stdout)
    return sorted((Part(name, size) for name, size in found.items()), key=lambda part: -part.size)
