"""Secrets and the database: where pods have them from, and that they are written down nowhere else."""

import base64
import json
from collections.abc import Iterator
from urllib.parse import unquote, urlsplit

import pytest

from acceptance.checks.chart import SAMPLE, rendered
from acceptance.checks.images import local_image
from acceptance.checks.objects import deployment_of, deployments_of, objects_of, ready_pods, tier_of
from acceptance.checks.waiting import settled
from acceptance.inspection import Inspection
from acceptance.scratch_release import ExternalDatabaseRelease, HealthyRelease
from acceptance.stack import TIERS
from todo_cli.kube.cluster import Json

REQUIRED = ("DATABASE_URL", "OPENAI_API_KEY", "BETTER_AUTH_SECRET")
NEEDED = {"backend": ("DATABASE_URL", "OPENAI_API_KEY"), "frontend": ("DATABASE_URL", "BETTER_AUTH_SECRET")}
KEYS = (*REQUIRED, "BETTER_AUTH_SECRETS", "SMTP_URL")
SHORTEST = 8  # a shorter value is found by chance
LIVE = "all,configmaps,ingresses,networkpolicies"
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
# Each takes names and values through standard input and prints [name, file] for every file that holds a value.
SEARCH = {
    "backend": [
        "python",
        "-c",
        """
import json, os, sys
wanted = {name: value.encode() for name, value in json.load(sys.stdin).items()}
found = []
for folder, folders, files in os.walk("/"):
    if folder == "/":
        folders[:] = [one for one in folders if one not in ("dev", "proc", "sys")]
    for path in (os.path.join(folder, file) for file in files):
        if os.path.isfile(path) and not os.path.islink(path):
            content = open(path, "rb").read()
            found += [[name, path] for name, value in wanted.items() if value in content]
print(json.dumps(found))
""",
    ],
    "frontend": [
        "node",
        "-e",
        """
const fs = require("fs"), wanted = Object.entries(JSON.parse(fs.readFileSync(0, "utf8"))), found = [];
const walk = folder => {
  for (const one of fs.readdirSync(folder, { withFileTypes: true })) {
    const path = folder + one.name;
    if (one.isDirectory()) { if (!["/dev", "/proc", "/sys"].includes(path)) walk(path + "/"); }
    else if (one.isFile()) {
      const content = fs.readFileSync(path);
      for (const [name, value] of wanted) if (content.includes(value)) found.push([name, path]);
    }
  }
};
walk("/");
console.log(JSON.stringify(found));
""",
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


def needed(stack: Inspection, tier: str) -> list[str]:
    """The keys that a tier's pods must have; the built-in assistant needs none of OpenAI's."""
    return [name for name in NEEDED[tier] if name != "OPENAI_API_KEY" or not _is_builtin(stack)]


@pytest.mark.clause("FR-012", "FR-017")
def test_keys_come_from_secrets(stack: Inspection) -> None:
    """The source of each variable that a tier needs: in the deployed pods, and in those made by default."""
    for deployment in deployments_of(stack):
        tier = tier_of(deployment)
        if tier in TIERS:
            _look_at_sources(stack, f"the {tier}'s pods", secret_sources(deployment), needed(stack, tier))
    made = {tier_of(one): secret_sources(one) for one in rendered(stack, {}) if one["kind"] == "Deployment"}
    for tier in TIERS:
        _look_at_sources(stack, f"the {tier} by default", made.get(tier, {}), list(NEEDED[tier]))


@pytest.mark.clause("SC-007")
def test_nothing_is_hard_coded(stack: Inspection) -> None:
    """Sample secrets as rendered, and the release's own: in no object but Secrets, in no file or layer of an image."""
    samples = {name.rpartition(".")[2]: value for name, value in SAMPLE.items()}
    _look_for_secrets(stack, samples, rendered(stack, {}), "rendered")
    for deployment in deployments_of(stack):
        literal = [name for name, source in secret_sources(deployment).items() if source == "literal"]
        stack.require(
            not literal, f"{tier_of(deployment)}: variables with a value in the Deployment: {literal or 'none'}"
        )
    own = _own_secrets(stack)
    stack.require(bool(own), f"the release's own: {', '.join(sorted(own)) or 'none found'}")
    _look_for_secrets(stack, own, [*objects_of(stack), *stack.items(LIVE)], "live")
    for tier in TIERS:
        image = local_image(stack, tier)
        variables = stack.docker("image", "inspect", "--format", "{{json .Config}}", image)
        reported = variables + stack.docker("history", "--no-trunc", "--format", "{{json .CreatedBy}}", image)
        inside = [name for name in REQUIRED if f"{name}=" in variables]
        inside += [name for name, value in own.items() if value in reported]
        stack.require(not inside, f"{image}: keys in its settings and history: {', '.join(inside) or 'none'}")
        program, *options = SEARCH[tier]
        run = ("run", "--rm", "--interactive", "--network", "none", "--user", "0", "--entrypoint", program)
        found = json.loads(stack.docker(*run, image, *options, stdin=json.dumps(own)))
        files = ", ".join(f"{name} in {file}" for name, file in found)
        stack.require(not found, f"{image}: keys in its files: {files or 'none'}")


@pytest.mark.clause("SC-013")
@pytest.mark.slow
def test_keys_reach_the_pods(stack: Inspection, healthy_release: HealthyRelease) -> None:
    """The length of each key inside the running pods (never its value); the OpenAI key on a scratch release."""
    for target in (stack, stack.on(healthy_release.stack)):
        for tier in TIERS:
            names = needed(target, tier)
            pods = ready_pods(target, tier)
            if not pods:
                pytest.fail(f"no {tier} pod is Ready")
            for pod in pods:
                said = target.kubectl("exec", pod, "-c", tier, "--", *PRINT_LENGTHS[tier], *names)
                lengths = json.loads(said)
                lacking = [name for name in names if not lengths.get(name)]
                stack.require(not lacking, f"{pod} lacks {lacking}" if lacking else f"{pod} has {lengths}")


@pytest.mark.clause("FR-011")
@pytest.mark.slow
def test_a_database_outside_the_release(
    stack: Inspection, healthy_release: HealthyRelease, external_release: ExternalDatabaseRelease
) -> None:
    """No volume claim anywhere; a scratch release on an external database: what it writes is found in that one."""
    claims = [one["metadata"]["name"] for one in objects_of(stack) if one["kind"] == "PersistentVolumeClaim"]
    stack.require(not claims, f"persistent volume claims: {claims or 'none'}")
    on = settled(stack, external_release)
    kinds = {one["metadata"]["name"] for one in deployments_of(on)}
    stack.require(not any("database" in name for name in kinds), f"the scratch release's Deployments: {sorted(kinds)}")
    with on.signed_up_client() as client:
        created = stack.ask(client, "POST", "/api/me/tasks", {"title": "kept outside"})
        stack.require(created.status == 201, f"a task was written through it: {created.status}")
        client.address = healthy_release.stack.address
        signed_in = stack.patiently(client.sign_in)
        found = stack.ask(client, "GET", f"/api/me/tasks/{created.body['id']}")
        stack.require(
            found.status == 200, f"signed in ({signed_in.status}) where that database is: the task is {found.status}"
        )


def _look_at_sources(stack: Inspection, who: str, sources: dict[str, str], names: list[str]) -> None:
    literal = [name for name, source in sources.items() if source == "literal"]
    if literal:
        pytest.fail(f"{who}: written down, not from a Secret: {', '.join(literal)}")
    missing = [name for name in names if name not in sources]
    seen = ", ".join(f"{name} from the Secret {source}" for name, source in sources.items())
    stack.require(not missing, f"{who} lack {', '.join(missing)}" if missing else f"{who}: {seen}")


def _look_for_secrets(stack: Inspection, secrets: dict[str, str], objects: list[Json], where: str) -> None:
    """Fails where one stands in an object that is no Secret; tells names, never a value."""
    others = [one for one in objects if one["kind"] != "Secret"]
    for one in others:
        text = json.dumps(one, ensure_ascii=False)
        leaked = [
            name
            for name, value in secrets.items()
            if value in text or base64.b64encode(value.encode()).decode() in text
        ]
        if leaked:
            pytest.fail(f"{where}: {one['kind']}/{one['metadata']['name']} holds {', '.join(leaked)}")
    stack.saw.append(f"{where}: no key in {len(others)} objects")


def _own_secrets(stack: Inspection) -> dict[str, str]:
    """The keys in the Secrets that the release's pods refer to, and the passwords of addresses among them."""
    names = {name for deployment in deployments_of(stack) for name in _secret_names(deployment["spec"])}
    found: dict[str, str] = {}
    for name in sorted(names):
        result = stack.stack.cluster.get("secret", name, check=False)
        stack.note("kubectl", "get", "secret", name)
        for key, encoded in (result.get("data") or {}).items():
            if key not in KEYS:
                continue
            value = base64.b64decode(encoded).decode(errors="replace").strip()
            found[f"{name}/{key}"] = value
            if "://" in value and (password := urlsplit(value).password):
                found[f"{name}/{key} (password)"] = unquote(password)
    return {name: value for name, value in found.items() if len(value) >= SHORTEST}


def _secret_names(part: object) -> Iterator[str]:
    """The Secrets that are named anywhere in a pod's specification."""
    if isinstance(part, list):
        for one in part:
            yield from _secret_names(one)
    elif isinstance(part, dict):
        for key, value in part.items():
            if key in ("secretKeyRef", "secretRef", "secret") and isinstance(value, dict):
                yield value.get("name") or value.get("secretName") or ""
            yield from _secret_names(value)


def _is_builtin(stack: Inspection) -> bool:
    variables = deployment_of(stack, "backend")["spec"]["template"]["spec"]["containers"][0]["env"]
    return {"name": "ASSISTANT_PROVIDER", "value": "builtin"} in variables
