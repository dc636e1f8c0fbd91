"""`./todo bench images`: building the images again after one changed line, and once more from nothing.

Real Docker with BuildKit, on copies of the checkout. The rebuilds are warm, as at a developer's desk; the build from
nothing is in another folder, with other times of files and without any cache of Docker's or Next's, and must give
the same layers. Results go to bench/results/images.json; exit code 1 when a limit is missed.
"""

import argparse
import json
import os
import platform
import secrets
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from support.measuring import RESULTS

CHECKOUT = Path(__file__).parents[1]
LIMITS_SECONDS = {"backend": 5.0, "frontend": 45.0}
CHANGED = {"backend": ("src/todo_backend/tasks/service.py", "#"), "frontend": ("app/layout.tsx", "//")}


def copy_context(tier: str, folder: Path) -> Path:
    """A tier's folder as git knows it, new files included."""
    command = ["git", "-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "."]
    listed = subprocess.run(command, cwd=CHECKOUT / tier, check=True, capture_output=True, text=True).stdout
    for name in filter(None, listed.split("\0")):
        source, target = CHECKOUT / tier / name, folder / tier / name
        if source.is_file():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)
    return folder / tier


def build(context: Path, tag: str, *options: str) -> float:
    """Seconds that `docker build` takes. Ends the program with its output when it fails."""
    started = time.monotonic()
    command = ["docker", "build", "--progress", "plain", "--tag", tag, *options, str(context)]
    done = subprocess.run(command, env=os.environ | {"DOCKER_BUILDKIT": "1"}, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"docker build failed:\n{(done.stdout + done.stderr)[-3000:]}")
    return time.monotonic() - started


def layers(tag: str) -> list[str]:
    """The digests of an image's layers."""
    command = ["docker", "image", "inspect", "--format", "{{json .RootFS.Layers}}", tag]
    found: list[str] = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return found


def measure(tier: str, rounds: int, folder: Path, tag: str) -> dict[str, object]:
    """Rebuilds after a change, and a build from nothing against the first one."""
    context = copy_context(tier, folder / "here")
    build(context, f"{tag}-first")
    name, comment = CHANGED[tier]
    seconds = []
    for _ in range(rounds):
        with (context / name).open("a") as source:
            source.write(f"{comment} {secrets.token_hex(4)}\n")
        seconds.append(build(context, f"{tag}-changed"))
        print(f"{tier}: rebuilt after a changed line in {seconds[-1]:.1f} s", flush=True)
    if layers(f"{tag}-changed") == layers(f"{tag}-first") and tier == "backend":
        sys.exit("the changed line is not in the image: nothing was measured")

    elsewhere = copy_context(tier, folder / "another place")
    recipe = elsewhere / "Dockerfile"
    recipe.write_text(
        recipe.read_text().replace("--mount=type=cache,", f"--mount=type=cache,id={secrets.token_hex(4)},")
    )
    for path in elsewhere.rglob("*"):
        os.utime(path, (1_000_000_000, 1_000_000_000))
    cold = build(elsewhere, f"{tag}-again", "--no-cache")
    same = layers(f"{tag}-again") == layers(f"{tag}-first")
    print(f"{tier}: built from nothing in {cold:.1f} s: {'the same layers' if same else 'OTHER LAYERS'}", flush=True)
    return {
        "rebuild_seconds": round(statistics.median(seconds), 1),
        "limit_seconds": LIMITS_SECONDS[tier],
        "rounds": [round(one, 1) for one in seconds],
        "from_nothing_seconds": round(cold, 1),
        "same_layers": same,
    }


def main() -> None:
    """Measure both images, print them with their limits, write the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--tier", choices=list(LIMITS_SECONDS), action="append", help="this one only")
    parser.add_argument("--output", type=Path, default=RESULTS / "images.json")
    options = parser.parse_args()
    if shutil.which("docker") is None:
        sys.exit("bench: needs Docker (https://docs.docker.com/get-docker/)")

    tag = f"todo-bench-{secrets.token_hex(4)}"
    found: dict[str, dict[str, object]] = {}
    with tempfile.TemporaryDirectory(prefix="todo-bench-") as folder:
        for tier in options.tier or LIMITS_SECONDS:
            name = f"{tag}:{tier}"
            try:
                found[tier] = measure(tier, options.rounds, Path(folder), name)
            finally:
                tags = [f"{name}-{kind}" for kind in ("first", "changed", "again")]
                subprocess.run(["docker", "rmi", *tags], capture_output=True)

    well = True
    print(f"\n{'':12}{'rebuild s':>10}{'limit s':>10}{'from nothing s':>16}  layers")
    for tier, one in found.items():
        within = float(str(one["rebuild_seconds"])) <= LIMITS_SECONDS[tier]
        well = well and within and one["same_layers"] is True
        words = "the same again" if one["same_layers"] else "NOT THE SAME"
        words += "" if within else "; TOO SLOW"
        figures = f"{one['rebuild_seconds']:>10}{one['limit_seconds']:>10}{one['from_nothing_seconds']:>16}"
        print(f"{tier:12}{figures}  {words}")
    result = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": {"cores": os.cpu_count(), "system": platform.system()},
        "images": found,
    }
    options.output.parent.mkdir(exist_ok=True)
    options.output.write_text(json.dumps(result, indent=2) + "\n")
    print(f"written to {options.output}")
    sys.exit(0 if well else 1)


if __name__ == "__main__":
    main()
