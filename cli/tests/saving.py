"""Saving a file as an editor does."""

from pathlib import Path


def save(file: Path, text: str) -> None:
    """Write a file in one piece: one that is watched is never seen half written, however slow the machine."""
    part = file.with_name(f".{file.name}")
    part.write_text(text)
    part.replace(file)
