"""`todo images`: what the images hold, layer by layer and by package."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from acceptance.image_contents import LIMITS_MB, own_layers, packages
from todo_cli.errors import EXIT_FAILED
from todo_cli.images import Image, build, images_of, write_sbom
from todo_cli.kube.docker import docker_problem, in_docker
from todo_cli.layout import find_layout
from todo_cli.progress import Steps, busy, make_console

PACKAGES_SHOWN = 12
MB = 1_000_000


def images(
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    build_missing: Annotated[bool, typer.Option("--build", help="Build first what is not built yet.")] = False,
    sbom: Annotated[
        Path | None,
        typer.Option("--sbom", help="Also write each image's bill of materials (CycloneDX) to this folder."),
    ] = None,
) -> None:
    """Show what each image adds to its base, layer by layer, and its largest packages.

    Exit code 1 when an image is not built or larger than its limit.

    Examples: ./todo images; ./todo images --build --sbom bills; ./todo images --json
    """
    layout = find_layout()
    if problem := docker_problem():
        raise problem
    steps = Steps(make_console(stderr=True))
    found = []
    for image in images_of(layout):
        if build_missing:
            with steps.step(f"{image.tier.capitalize()} image") as step:
                step.done("built" if build(image, layout, step) else "unchanged")
        with busy(f"measuring {image.reference}"):
            report = _report(image)
        if sbom is not None:
            sbom.mkdir(parents=True, exist_ok=True)
            with steps.step(f"{image.tier.capitalize()} bill of materials") as step:
                report["sbom"] = str(write_sbom(image, layout, sbom, step))
                step.done(report["sbom"])
        found.append(report)
    if as_json:
        typer.echo(json.dumps({"images": found}, indent=2))
    else:
        for report in found:
            _print(make_console(), report)
    raise typer.Exit(0 if all(report["within_limit"] for report in found) else EXIT_FAILED)


def _report(image: Image) -> dict[str, Any]:
    report: dict[str, Any] = {"tier": image.tier, "image": image.reference, "limit_mb": LIMITS_MB[image.tier]}
    if not in_docker(image.reference):
        return report | {"built": False, "within_limit": False, "fix": "./todo images --build"}
    layers = own_layers(image.reference)
    size = sum(layer.size for layer in layers)
    return report | {
        "built": True,
        "within_limit": size <= LIMITS_MB[image.tier] * MB,
        "size": size,
        "layers": [asdict(layer) for layer in layers],
        "packages": [asdict(part) for part in packages(image.tier, image.reference)],
    }


def _print(console: Console, report: dict[str, Any]) -> None:
    if not report["built"]:
        console.print(f"{report['image']} is not built yet. Build it: {report['fix']} (./todo up does it, too)\n")
        return
    verdict = "within" if report["within_limit"] else "above"
    console.print(f"{report['image']}: {_mb(report['size'])} MB above its base, {verdict} its {report['limit_mb']} MB")
    table = Table(box=None, pad_edge=False)
    table.add_column("MB", justify="right")
    table.add_column("layer", overflow="fold")
    for layer in report["layers"]:
        table.add_row(_mb(layer["size"]), layer["name"])
    table.add_section()
    table.add_row("", "")
    table.add_row("MB", "largest packages, with their bytecode", style="bold")
    for part in report["packages"][:PACKAGES_SHOWN]:
        table.add_row(_mb(part["size"]), part["name"])
    console.print(table)
    console.print()


def _mb(size: int) -> str:
    return f"{size / MB:.1f}"
