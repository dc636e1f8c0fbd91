"""The commands in the documentation: everything in a fenced `sh` block."""

import re
from pathlib import Path

CHECKOUT = Path(__file__).parents[2]
FENCE = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)


def documents() -> list[Path]:
    """Every page of the documentation."""
    pages = [*CHECKOUT.glob("*.md"), *CHECKOUT.glob("docs/**/*.md"), *CHECKOUT.glob("*/README.md")]
    return sorted([*pages, CHECKOUT / "charts" / "todo-stack" / "README.md"])


def commands(page: Path) -> list[str]:
    """The page's commands in their order, comments dropped and continued lines joined."""
    found = []
    for block in FENCE.findall(page.read_text()):
        lines = re.sub(r"\\\n\s*", "", block).splitlines()
        found += [line.partition(" # ")[0].strip() for line in lines if not line.startswith("#")]
    return [command for command in found if command]
