"""The README's table of values, made from the comments in values.yaml. Run it to bring the README up to date."""

import json
import re
from dataclasses import dataclass
from pathlib import Path

import yaml

CHART = Path(__file__).parent.parent
BEGIN, END = "<!-- values: begin -->", "<!-- values: end -->"


@dataclass(frozen=True)
class Row:
    """One documented value."""

    name: str
    default: str
    description: str


def documented() -> list[Row]:
    """Every value that has a `# -- ` comment, in the file's order."""
    text = (CHART / "values.yaml").read_text()
    values = yaml.safe_load(text)
    rows: list[Row] = []
    path: list[str] = []
    comment: list[str] = []
    for line in text.splitlines():
        if match := re.match(r"\s*# (-- )?(.*)", line):
            comment = [*([] if match[1] else comment), match[2]]
        elif match := re.match(r"( *)(\w+):", line):
            path = [*path[: len(match[1]) // 2], match[2]]
            if comment:
                rows.append(Row(".".join(path), json.dumps(_at(values, path)), " ".join(comment)))
            comment = []
    return rows


def _at(values: object, path: list[str]) -> object:
    for key in path:
        assert isinstance(values, dict)
        values = values[key]
    return values


def table() -> str:
    """The table in Markdown."""
    lines = ["| value | default | meaning |", "|---|---|---|"]
    for row in documented():
        description = row.description.replace("|", "\\|")
        lines.append(f"| `{row.name}` | `{row.default}` | {description} |")
    return "\n".join(lines)


if __name__ == "__main__":
    readme = CHART / "README.md"
    before, rest = readme.read_text().split(BEGIN)
    after = rest.split(END)[1]
    readme.write_text(f"{before}{BEGIN}\n{table()}\n{END}{after}")
