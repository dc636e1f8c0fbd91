"""The images that the stack runs: small, without tools, the same at each build, and content with the least rights."""

import json
import os
import re
import secrets
import shutil
import subprocess
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlsplit

import pytest
from acceptance.image_contents import LIMITS_MB, own_layers, packages

from cluster.own_release import until
from cluster.stack import PATIENCE, Stack
from todo_cli.content import files_of
from todo_cli.frontend_build import built_frontend
from todo_cli.images import Image, build_options, images_of, source_of, version_of, write_sbom
from todo_cli.kube.docker import in_docker
from todo_cli.layout import find_layout
from todo_cli.progress import silent_step
from todo_cli.tools import find_node

TIERS = ("backend", "frontend")
PORTS = {"backend": 8000, "frontend": 3000}
DATABASE_IMAGE = "postgres:17"
LEAST_RIGHTS = ("--read-only", "--cap-drop", "ALL", "--security-opt", "no-new-privileges", "--tmpfs", "/tmp")
# Nothing can be run in their place: /bin/sh leads to one of these.
SHELLS = {"backend": ("/usr/bin/dash", "/usr/bin/bash"), "frontend": ("/bin/busybox",)}
SOURCE = "https://example.com/todo-stack.git"
# Of the bill of materials: some of what must be in it, and what is kept out of the images.
COMPONENTS = {
    "backend": ("fastapi", "psycopg", "alembic"),
    "frontend": ("next", "react-dom", "better-auth", "pg", "pg-protocol", "jose", "zod"),
}
LEFT_OUT = {"sharp", "pip", "pytest", "typescript", "eslint", "rolldown", "vitest", "playwright"}
# Of the frontend: its build's name; what a running server keeps; digests of scripts, which have that name in them.
BUILD_ID, WRITTEN_BY_A_SERVER, HASHES_OF_PAGES = ".next/BUILD_ID", ".next/server/route-cache/", "csp-hashes.json"
SOURCE_DATE_EPOCH = 315532800
READY_SECONDS = 60
STOP_SECONDS = 40 * PATIENCE  # by when Docker kills it

LIST_FILES = {
    "backend": (
        "python",
        "-c",
        "import os; [print(os.path.join(d, n)) for d, ds, ns in os.walk('/') if ds.__setitem__(slice(None), [x for x in ds"
        " if os.path.join(d, x) not in ('/proc', '/sys', '/dev')]) is None for n in ns"
        " if os.path.isfile(os.path.join(d, n)) and os.path.getsize(os.path.join(d, n))]",
    ),
    "frontend": (
        "node",
        "-e",
        "const {readdirSync, lstatSync} = require('fs'); (function walk(d) { for (const n of readdirSync(d)) {"
        " const p = d + n, s = lstatSync(p); if (s.isDirectory()) { if (!/^[/](proc|sys|dev)$/.test(p)) walk(p + '/'); }"
        " else if (s.size) console.log(p); } })('/')",
    ),
}
FORBIDDEN = {
    "a compiler": r"/(s?bin)/(cc|gcc|g\+\+|c\+\+|clang|tcc|ld|as|make|strip)(-\d+)?$",
    "a package manager": r"/s?bin/(pip|npm|npx|corepack|yarn|yarnpkg|uv|uvx|apt|dpkg|apk)(-\w+|[\d.]+)?$"
    r"|-packages/pip/|/ensurepip/|/node_modules/(npm|corepack)/",
    "a test": r"^/app/.*/(tests?|__tests__)/|^/app/.*\.test\.\w+$",
    "a source map": r"^/app/.*\.map$",
    "a source of types or C": r"^/app/.*\.(pyi|pyx|c|h)$",
    "what Next does not use": r"/node_modules/(sharp|@img|typescript)/",
}


def docker(*arguments: str | os.PathLike[str], timeout: float = 120, check: bool = True) -> str:
    """What docker prints; fails the test when docker fails."""
    env = os.environ | {"DOCKER_BUILDKIT": "1"}
    result = subprocess.run(["docker", *arguments], capture_output=True, text=True, timeout=timeout * PATIENCE, env=env)
    assert result.returncode == 0 or not check, result.stdout + result.stderr
    return result.stdout.strip()


@pytest.fixture(scope="module")
def images(stack: Stack) -> dict[str, str]:
    """The image of each tier's pods."""
    found: dict[str, str] = {}
    for tier in TIERS:
        found[tier] = stack.pods(tier)[0]["spec"]["containers"][0]["image"].removeprefix("docker.io/library/")
    if shutil.which("docker") is None or not all(in_docker(reference) for reference in found.values()):
        pytest.skip(f"Docker did not build the images of this stack: {', '.join(found.values())}")
    return found


@pytest.fixture(params=TIERS)
def tier(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def inspect(reference: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(docker("image", "inspect", reference))[0]
    return found


def test_it_is_within_its_limit(images: dict[str, str], tier: str) -> None:
    layers = own_layers(images[tier])
    assert 1 < sum(layer.size for layer in layers) / 1_000_000 <= LIMITS_MB[tier], layers
    assert packages(tier, images[tier])[0].size > 5_000_000


def test_it_holds_no_tool_and_nothing_that_never_runs(images: dict[str, str], tier: str) -> None:
    program, *arguments = LIST_FILES[tier]
    command = ("run", "--rm", "--user", "0", "--network", "none", "--entrypoint", program, images[tier])
    files = docker(*command, *arguments).splitlines()
    assert len(files) > 500
    for what, pattern in FORBIDDEN.items():
        assert [path for path in files if re.search(pattern, path)] == [], what


def test_it_runs_as_a_number_and_by_no_shell(images: dict[str, str], tier: str) -> None:
    config = inspect(images[tier])["Config"]
    assert re.fullmatch(r"[1-9]\d+:[1-9]\d+", config["User"])
    assert not config["Entrypoint"]
    assert config["Cmd"][0] in ("python", "node")


def test_its_labels_say_what_it_is(images: dict[str, str], tier: str) -> None:
    found = inspect(images[tier])["Config"]["Labels"]
    labels = {name.removeprefix("org.opencontainers.image."): value for name, value in found.items()}
    assert labels["licenses"] == "MIT"
    assert labels["version"] == version_of(find_layout())
    assert re.fullmatch(r"[0-9a-f]{40}|content-[0-9a-f]{12}", labels["revision"])
    assert labels["base.name"]
    assert labels["title"]
    assert labels["description"]
    if labels["source"] == "unknown":
        assert source_of(find_layout()) is None, "the checkout came from an address"
    else:
        assert urlsplit(labels["source"]).scheme in ("https", "http", "ssh", "git")


def test_its_bill_of_materials_names_what_is_in_it(
    images: dict[str, str], tmp_path_factory: pytest.TempPathFactory, tier: str
) -> None:
    """Built for real, by the target that the documentation names."""
    image = _of_this_checkout(images, tier)
    bill = json.loads(write_sbom(image, find_layout(), tmp_path_factory.mktemp("sbom"), silent_step()).read_text())
    assert bill["bomFormat"] == "CycloneDX"
    components = {one["name"]: one for one in bill["components"]}
    assert set(COMPONENTS[tier]) <= set(components)
    assert all(one["version"] and one["purl"].startswith("pkg:") for one in components.values())
    assert not set(components) & LEFT_OUT, "the bill names what the image does not have"


@dataclass(frozen=True)
class Running:
    """Both images in Docker, with a database, under the names of their containers.

    They share one loopback: a network of Docker's needs rules in the machine's firewall, and a cluster on the same
    machine writes all of those anew, at times without rules that came meanwhile.
    """

    names: dict[str, str]

    def get(self, url: str, **headers: str) -> tuple[int, dict[str, str]]:
        """Status and headers of an answer, asked for from within the backend's container."""
        program = (
            "import json, sys, urllib.error, urllib.request as r\n"
            "try: a = r.urlopen(r.Request(sys.argv[1], headers=json.loads(sys.argv[2])), timeout=60)\n"
            "except urllib.error.HTTPError as e: a = e\n"
            "except OSError: print('[0, {}]'); sys.exit()\n"
            "print(json.dumps([a.status, {k.lower(): v for k, v in a.headers.items()}]))"
        )
        status, found = json.loads(
            docker("exec", self.names["backend"], "python", "-c", program, url, json.dumps(headers))
        )
        return status, found

    def address(self, tier: str, path: str) -> str:
        """Where the tier answers, from within any of the containers."""
        return f"http://localhost:{PORTS[tier]}{path}"


@pytest.fixture(scope="module")
def running(images: dict[str, str]) -> Iterator[Running]:
    """The images in plain Docker with the least rights that there are, and without a shell."""
    run = secrets.token_hex(4)
    names = {tier: f"todo-images-{run}-{tier}" for tier in (*TIERS, "database")}
    password = secrets.token_hex(8)
    settings = {
        "DATABASE_URL": f"postgresql://postgres:{password}@localhost:5432/postgres",
        "AUTH_JWKS_URL": f"http://localhost:{PORTS['frontend']}/api/auth/jwks",
        "BACKEND_URL": f"http://localhost:{PORTS['backend']}",
        "BETTER_AUTH_SECRET": secrets.token_hex(32),
    }
    given = [part for name, value in settings.items() for part in ("--env", f"{name}={value}")]
    limits = ["--network", f"container:{names['database']}", *LEAST_RIGHTS, *given]
    try:
        database = ("--name", names["database"], "--network", "none", "--env", f"POSTGRES_PASSWORD={password}")
        docker("run", "--detach", *database, DATABASE_IMAGE, timeout=300)
        docker("run", "--rm", *limits, images["backend"], "python", "-m", "todo_backend", "migrate")
        for tier in TIERS:
            hidden = [part for shell in SHELLS[tier] for part in ("--volume", f"/dev/null:{shell}:ro")]
            docker("run", "--detach", "--name", names[tier], *limits, *hidden, images[tier])
        yield Running(names)
    finally:
        docker("rm", "--force", "--volumes", *names.values(), check=False)


def test_it_is_healthy_with_the_least_rights_and_no_shell(running: Running, tier: str) -> None:
    shell = subprocess.run(["docker", "exec", running.names[tier], "/bin/sh", "-c", "true"], capture_output=True)
    assert shell.returncode != 0, "the test has left a shell"
    ready = running.address(tier, "/health/ready")
    until(lambda: running.get(ready)[0] == 200, READY_SECONDS, lambda: docker("logs", running.names[tier]))


@pytest.mark.parametrize(
    "sent",
    [
        {"X-Prerender-Revalidate": ""},
        {"X-Prerender-Revalidate": "false"},
        {"Cookie": "__prerender_bypass=false"},
        {"Cookie": "__prerender_bypass="},
    ],
)
def test_the_keys_that_next_has_no_longer_open_nothing(running: Running, sent: dict[str, str]) -> None:
    status, headers = running.get(running.address("frontend", "/sign-in"), **sent)
    assert (status, headers.get("x-nextjs-cache")) == (200, "HIT"), "a page was made anew because a visitor asked"


def test_sigterm_ends_it_in_order(running: Running, tier: str) -> None:
    name = running.names[tier]
    docker("stop", "-t", str(STOP_SECONDS), name)
    assert docker("inspect", "--format", "{{.State.ExitCode}}", name) in ("0", "143"), docker("logs", name)


def test_the_backend_built_again_elsewhere_has_the_same_layers(images: dict[str, str], tmp_path: Path) -> None:
    """Without Docker's cache, from another folder, with other times and modes."""
    context = _of_this_checkout(images, "backend").context
    long_ago = 1_000_000_000 + secrets.randbelow(
        10**8
    )  # Docker takes a file of a former time and size for the former one
    for file in files_of(context):
        copy = tmp_path / file.relative_to(context)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, copy)
        copy.chmod(0o600)
        os.utime(copy, (long_ago, long_ago))
    with _built(tmp_path, "--no-cache", "--build-arg", f"SOURCE={SOURCE}") as again:
        _assert_same_layers(again, images["backend"], tmp_path)
        assert inspect(again)["Config"]["Labels"]["org.opencontainers.image.source"] == SOURCE


def test_the_frontend_built_again_has_the_same_layers(images: dict[str, str], tmp_path: Path) -> None:
    """The process engine's build, in the checkout's folder, has the same files; the Dockerfile gives them one owner and time.

    (From nothing: ./todo bench images.)
    """
    _of_this_checkout(images, "frontend")
    layout, step = find_layout(), silent_step()
    build, _ = built_frontend(layout, find_node(layout, step), step)
    in_image = _application(images["frontend"], tmp_path)
    built = {str(path.relative_to(build)): path.read_bytes() for path in build.rglob("*") if path.is_file()}
    image_id, build_id = in_image[BUILD_ID].decode(), built[BUILD_ID].decode()
    assert all(re.fullmatch("[0-9a-f]{20}", one) for one in (image_id, build_id)), "a name of Next's, which is random"
    places = {build_id: image_id, str(layout.frontend.resolve()): "/app"}  # the sources' name, with tests; their folder
    for there, here in places.items():
        built = {
            name.replace(there, here): content.replace(there.encode(), here.encode()) for name, content in built.items()
        }
    assert set(in_image) == {name for name in built if not name.startswith(WRITTEN_BY_A_SERVER)}
    assert [name for name in in_image if in_image[name] != built[name] and name != HASHES_OF_PAGES] == []


@contextmanager
def _built(context: Path, *options: str) -> Iterator[str]:
    """An image of this context, for as long as it is needed."""
    image = f"todo-again:{secrets.token_hex(4)}"
    try:
        docker("build", *build_options(), *options, "--progress", "plain", "--tag", image, context, timeout=600)
        yield image
    finally:
        docker("rmi", image, check=False)


def _application(image: str, folder: Path) -> dict[str, bytes]:
    """The files of the image's /app, each seen to have no owner, mode or time of its own."""
    saved, name = folder / "application.tar", f"todo-files-{secrets.token_hex(4)}"
    docker("create", "--name", name, image)
    try:
        with saved.open("wb") as file:
            subprocess.run(["docker", "cp", f"{name}:/app", "-"], stdout=file, check=True)
    finally:
        docker("rm", name, check=False)
    with tarfile.open(saved) as files:
        members = files.getmembers()
        assert {(one.uid, one.gid, one.mtime) for one in members} == {(0, 0, SOURCE_DATE_EPOCH)}
        assert {one.mode & 0o777 for one in members} <= {0o644, 0o755}
        return {one.name.removeprefix("app/"): _content(files, one) for one in members if one.isfile()}


def _assert_same_layers(one: str, other: str, folder: Path) -> None:
    layers = [inspect(image)["RootFS"]["Layers"] for image in (one, other)]
    for number, (layer, same) in enumerate(zip(*layers, strict=True)):
        assert layer == same or _files_in(one, number, folder) == _files_in(other, number, folder)


def _files_in(image: str, layer: int, folder: Path) -> dict[str, tuple[object, ...]]:
    """The layer's files by name, in whatever order.

    Docker 20.10 writes a layer in another order when those below it are in its cache since before it was started.
    """
    saved = folder / f"{secrets.token_hex(4)}.tar"
    docker("save", "--output", str(saved), image)
    with tarfile.open(saved) as archive:
        [manifest] = json.load(_opened(archive, "manifest.json"))
        with tarfile.open(fileobj=_opened(archive, manifest["Layers"][layer])) as files:
            return {
                one.name: (one.type, one.mode, one.uid, one.gid, one.mtime, one.linkname, _content(files, one))
                for one in files
            }


def _opened(archive: tarfile.TarFile, name: str) -> IO[bytes]:
    file = archive.extractfile(name)
    assert file, name
    return file


def _content(archive: tarfile.TarFile, file: tarfile.TarInfo) -> bytes:
    return _opened(archive, file.name).read() if file.isfile() else b""


def _of_this_checkout(images: dict[str, str], tier: str) -> Image:
    """The tier's image, when the checkout still has the sources that it was built of."""
    (image,) = [one for one in images_of(find_layout()) if one.tier == tier]
    if image.reference != images[tier]:
        pytest.skip(f"the {tier}'s sources have changed since the image was built")
    return image
