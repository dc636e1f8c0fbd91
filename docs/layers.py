"""Draws the rooms of each Python project, and which way imports go, from its import-linter contract.

python docs/layers.py            prints them
python docs/layers.py --write    puts them into architecture.md
"""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "architecture.md"
MARKED = re.compile(r"(?<=<!-- layers: begin -->\n).*(?=<!-- layers: end -->)", re.DOTALL)


def pictures() -> str:
    """One picture for each contract of layers, as Markdown."""
    drawn = [_picture(project, contract) for project, contract in _contracts()]
    return "".join(f"```\n{picture}```\n" for picture in drawn)


def documented() -> str:
    """What the page shows now."""
    [picture] = MARKED.findall(PAGE.read_text())
    return str(picture)


def _contracts() -> Iterator[tuple[Path, dict[str, Any]]]:
    for settings in sorted(ROOT.glob("*/pyproject.toml")):
        linter = tomllib.loads(settings.read_text())["tool"].get("importlinter", {})
        for contract in linter.get("contracts", []):
            if contract["type"] == "layers":
                yield settings.parent, contract


def _picture(project: Path, contract: dict[str, Any]) -> str:
    [container] = contract.get("containers") or [""]
    layers = [re.findall(r"\w[\w.]*", line) for line in contract["layers"]]
    width = max(len(room) for layer in layers for room in layer)
    lines = [contract["name"]]
    for number, layer in enumerate(layers):
        lines.append(f"├─{'▼':─<{width}}─┤" if number else f"┌─{'':─<{width}}─┐")
        lines += [f"│ {room:<{width}} │ {_idea(project, f'{container}.{room}'.strip('.'))}".rstrip() for room in layer]
    return "\n".join([*lines, f"└─{'':─<{width}}─┘", ""])


def _idea(project: Path, module: str) -> str:
    """The first line of the module's documentation."""
    name = Path(*module.split("."))
    files = [root / path for root in (project / "src", ROOT) for path in (name / "__init__.py", name.with_suffix(".py"))]
    file = next(path for path in files if path.is_file())
    documentation = ast.get_docstring(ast.parse(file.read_text())) or ""
    return documentation.partition("\n")[0].removesuffix(".")


if __name__ == "__main__":
    if sys.argv[1:] == ["--write"]:
        PAGE.write_text(MARKED.sub(lambda _: pictures(), PAGE.read_text()))
    else:
        sys.stdout.write(pictures())
