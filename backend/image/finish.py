"""Completes what was installed for the image: without what never runs, with bytecode, the same at each build.

python finish.py [--server] FOLDER: of FOLDER itself, or with --server also of all that the server imports.
"""

import marshal
import os
import shutil
import struct
import subprocess
import sys
import tempfile
from importlib.util import MAGIC_NUMBER, cache_from_source, source_hash
from pathlib import Path

# What `serve` and `migrate` import, also what libraries import once they are used: tests/ops/test_start.py compares.
# (Their own package is not there yet when this runs for the dependencies.)
SERVER_IMPORTS = (
    "agents.mcp.server",
    "alembic.command",
    "anyio._backends._asyncio",
    "argparse",
    "cachetools",
    "chatkit.types",
    "concurrent.futures.thread",
    "csv",
    "dateutil.rrule",
    "encodings.idna",
    "fastapi.telemetry._runtime",
    "httpcore2",
    "jsonschema.validators",
    "jwt",
    "mcp.server.mcpserver",
    "openai",
    "psycopg_pool",
    "pydantic.v1",
    "sqlalchemy.dialects.postgresql.psycopg",
    "truststore",
    "uvicorn.lifespan.on",
    "uvicorn.loops.auto",
    "uvicorn.loops.uvloop",
    "uvicorn.protocols.http.auto",
    "uvicorn.protocols.websockets.auto",
)
# Tests, types and C sources; how the installer came by a package, which differs from machine to machine.
UNUSED_FOLDERS = {"__pycache__", "test", "tests"}
UNUSED_ENDINGS = (".pyi", ".pyx", ".pxd", ".c", ".h", "/.lock", "/uv_cache.json", "/direct_url.json", "/REQUESTED")
PT_NULL = 0
HEADER_BYTES, UNCHECKED = 16, 0b01  # of a .pyc (PEP 552)


def remove_unused(folder: Path) -> None:
    """Delete scripts, tests and whatever else the server never reads."""
    shutil.rmtree(folder / "bin", ignore_errors=True)
    for path in sorted(folder.rglob("*")):
        if path.is_dir() and path.name in UNUSED_FOLDERS:
            shutil.rmtree(path)
        elif path.is_file() and str(path).endswith(UNUSED_ENDINGS):
            path.unlink()
    for record in folder.glob("*.dist-info/RECORD"):
        lines = record.read_text().splitlines(keepends=True)
        record.write_text("".join(line for line in lines if (folder / line.partition(",")[0]).exists()))


def cut_symbols(library: Path) -> None:
    """Cut off what no loader reads: everything behind the last segment, debug symbols and section table.

    A quarter of the wheels' size. Nothing that is loaded moves, so libraries that were patched bear it too.
    """
    data = bytearray(library.read_bytes())
    if data[:6] != b"\x7fELF\x02\x01":  # 64 bits, little endian: all that Linux images are built for
        return
    (table,) = struct.unpack_from("<Q", data, 32)
    size, count = struct.unpack_from("<HH", data, 54)
    end = table + size * count
    for number in range(count):
        kind, _, offset, _, _, in_file = struct.unpack_from("<IIQQQQ", data, table + number * size)
        end = end if kind == PT_NULL else max(end, offset + in_file)
    struct.pack_into("<Q", data, 40, 0)  # where the section table begins,
    struct.pack_into("<HHH", data, 58, 0, 0, 0)  # and the size, number and names of its entries
    library.write_bytes(data[:end])


def imported_sources(cache: Path) -> list[Path]:
    """The source files of all that the server imports, the standard library too; their bytecode goes to `cache`.

    Also of what cannot be imported, because it leans on what is not installed: it is tried at each start.
    """
    writing = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    writing["PYTHONPYCACHEPREFIX"] = str(cache)
    subprocess.run([sys.executable, "-c", f"import {', '.join(SERVER_IMPORTS)}"], check=True, env=writing)  # noqa: S603
    ending = f".{sys.implementation.cache_tag}.pyc"
    return [Path("/", str(path.relative_to(cache)).removesuffix(ending) + ".py") for path in cache.rglob(f"*{ending}")]


def write_bytecode(sources: list[Path], cache: Path) -> None:
    """Write it to where PYTHONPYCACHEPREFIX says: the file system is read-only when the image runs.

    Unchecked, because the files' times say nothing; read and written again in one order, because what else a process
    has can show in what it writes. What an import has compiled, most of the time of this, is in `cache`.
    """
    for source in sorted(sources):
        content = source.read_bytes()
        known = cache.joinpath(*source.parts[1:]).with_suffix(f".{sys.implementation.cache_tag}.pyc")
        if known.exists():
            compiled = known.read_bytes()[HEADER_BYTES:]
        else:
            compiled = marshal.dumps(compile(content, str(source), "exec", dont_inherit=True))
        target = Path(cache_from_source(str(source)))
        target.parent.mkdir(parents=True, exist_ok=True)
        header = MAGIC_NUMBER + UNCHECKED.to_bytes(4, "little") + source_hash(content)
        target.write_bytes(header + marshal.dumps(marshal.loads(compiled)))  # noqa: S302 - written right here


def main() -> None:
    """Complete the folder that the command line names."""
    folder = Path(sys.argv[-1])
    remove_unused(folder)
    for library in folder.rglob("*.so*"):
        if library.is_file() and not library.is_symlink():
            cut_symbols(library)
    with tempfile.TemporaryDirectory() as cache:
        sources = imported_sources(Path(cache)) if "--server" in sys.argv else list(folder.rglob("*.py"))
        write_bytecode(sources, Path(cache))


if __name__ == "__main__":
    main()
