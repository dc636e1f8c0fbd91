"""Secrets and the database: where pods have them from, and that they are written down nowhere else."""

import base64
import json

from acceptance.checks.chart import SAMPLE, rendered
from acceptance.checks.objects import deployment_of, deployments_of, is_ready, objects_of, pods_of, tier_of
from acceptance.inspection import Failed, Inspection
from acceptance.running import verifies
from acceptance.stack import TIERS
from todo_cli.cluster.client import Json

REQUIRED = ("DATABASE_URL", "OPENAI_API_KEY", "BETTER_AUTH_SECRET")
PRINT_LENGTHS = {
    "backend": [
        "python",
        "-c",
        "import os,json,sys; "
        "read=lambda n: os.environ.get(n) or (open(f).read() if (f:=os.environ.get(n+'_FILE')) else ''); "
        "print(json.dumps({n: len(read(n)) for n in sys.argv[1:]}))",
    ],
    "frontend": [
        "node",
        "-e",
        "const fs=require('fs'), e=process.env;"
        "const read=n=>e[n]||(e[n+'_FILE']?fs.readFileSync(e[n+'_FILE'],'utf8'):'');"
        "console.log(JSON.stringify(Object.fromEntries(process.argv.slice(1).map(n=>[n,read(n).length]))))",
    ],
}


def secret_sources(deployment: Json) -> dict[str, str]:
    """For each required variable of the Deployment's containers: the Secret that it comes from, or `literal`."""
    pod = deployment["spec"]["template"]["spec"]
    mounted = {
        item["key"]: source["secret"]["name"]
        for volume in pod.get("volumes", [])
        for source in volume.get("projected", {}).get("sources", [])
        if "secret" in source
        for item in source["secret"].get("items", [])
    }
    found: dict[str, str] = {}
    for container in [*pod["containers"], *pod.get("initContainers", [])]:
        for one in container.get("env", []):
            name = one["name"].removesuffix("_FILE")
            if name not in REQUIRED:
                continue
            reference = one.get("valueFrom", {}).get("secretKeyRef", {}).get("name")
            source = reference or (mounted.get(name) if one["name"].endswith("_FILE") else None) or "literal"
            if found.get(name) != "literal":  # one value written down is one too many
                found[name] = source
    return found


@verifies("FR-012", "FR-017")
def keys_come_from_secrets(stack: Inspection) -> None:
    """The source of each of the three variables in the deployed pods, and in those that the chart makes by default."""
    for deployment in deployments_of(stack):
        for name, source in secret_sources(deployment).items():
            stack.require(source != "literal", f"{tier_of(deployment)}: {name} comes from {source}")
    made: dict[str, str] = {}
    for one in rendered(stack, {}):
        if one["kind"] == "Deployment":
            made |= secret_sources(one)
    for name in REQUIRED:
        source = made.get(name, "nowhere")
        stack.require(source not in ("nowhere", "literal"), f"by default: {name} comes from the Secret {source}")


@verifies("SC-007")
def nothing_is_hard_coded(stack: Inspection) -> None:
    """Sample secrets rendered: they stand in Secrets and nowhere else. Images and Deployments: no key has a value."""
    for one in rendered(stack, {}):
        if one["kind"] == "Secret":
            continue
        text = json.dumps(one)
        leaked = [
            name for name, value in SAMPLE.items() if value in text or base64.b64encode(value.encode()).decode() in text
        ]
        stack.require(
            not leaked, f"{one['kind']}/{one['metadata']['name']}: " + (f"holds {leaked}" if leaked else "none")
        )
    for deployment in deployments_of(stack):
        literal = [name for name, source in secret_sources(deployment).items() if source == "literal"]
        stack.require(
            not literal, f"{tier_of(deployment)}: variables with a value in the Deployment: {literal or 'none'}"
        )
    for tier in TIERS:
        image = stack.stack.image(tier)
        variables = stack.docker("image", "inspect", "--format", "{{json .Config.Env}}", image)
        inside = [name for name in REQUIRED if f"{name}=" in variables]
        stack.require(not inside, f"{image}: variables in the image: {inside or 'none'}")


@verifies("SC-013", quick=False)
def keys_reach_the_pods(stack: Inspection) -> None:
    """The length of each key inside the running pods (never its value); the OpenAI key on a trial where none is set."""
    for target in (stack, stack.on(stack.trials.healthy().stack)):
        present: dict[str, int] = {}
        for tier in TIERS:
            deployment = deployment_of(target, tier)
            names = sorted(secret_sources(deployment))
            pod = next((one for one in pods_of(target, deployment) if is_ready(one)), None)
            if pod is None:
                raise Failed(f"no {tier} pod is Ready")
            said = target.kubectl("exec", pod["metadata"]["name"], "-c", tier, "--", *PRINT_LENGTHS[tier], *names)
            present |= {name: length for name, length in json.loads(said).items() if length or name not in present}
        lacking = [name for name in REQUIRED if not present.get(name)]
        if lacking == ["OPENAI_API_KEY"] and target is stack and _is_builtin(stack):
            stack.saw.append("OPENAI_API_KEY: the built-in assistant needs none; looked for on a trial")
            continue
        stack.require(not lacking, f"in the pods: {present}" if not lacking else f"missing in the pods: {lacking}")


@verifies("FR-011", quick=False)
def a_database_outside_the_release(stack: Inspection) -> None:
    """No volume claim anywhere, and a trial that runs on a database outside its release and namespace."""
    claims = [one["metadata"]["name"] for one in objects_of(stack) if one["kind"] == "PersistentVolumeClaim"]
    stack.require(not claims, f"persistent volume claims: {claims or 'none'}")
    outside = stack.trials.on_outside_database().stack
    kinds = {one["metadata"]["name"] for one in deployments_of(stack.on(outside))}
    stack.require(not any("database" in name for name in kinds), f"the trial's Deployments: {sorted(kinds)}")
    with stack.on(outside).someone() as visitor:
        created = stack.visit(visitor, "POST", "/api/me/tasks", {"title": "kept outside"})
        stack.require(created.status == 201, f"a task was written through it: {created.status}")


def _is_builtin(stack: Inspection) -> bool:
    variables = deployment_of(stack, "backend")["spec"]["template"]["spec"]["containers"][0]["env"]
    return {"name": "ASSISTANT_PROVIDER", "value": "builtin"} in variables
