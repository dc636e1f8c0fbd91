"""What is reachable from outside the cluster: the frontend on its node port, the backend by no way."""

import pytest

from acceptance.api_client import ApiClient
from acceptance.checks.chart import rendered, service_in
from acceptance.checks.objects import ENVIRONMENTS, LOCAL, deployment_of, pods_of, service_of, tier_of, value_of
from acceptance.inspection import Inspection
from todo_cli.kube.cluster import Json

NODE_PORT = 30080
NODE_SECONDS = 20


@pytest.mark.clause("FR-008", "US3-1")
def test_frontend_on_the_fixed_node_port(stack: Inspection) -> None:
    """The frontend's Service for local as rendered and as deployed; the page at a node's address and the public one."""
    spec = service_in(stack, "frontend", rendered(stack, {"environment": LOCAL}))["spec"]
    port = spec["ports"][0].get("nodePort")
    stack.require(
        spec["type"] == "NodePort" and port == NODE_PORT,
        f"environment=local renders {spec['type']} on node port {port}",
    )
    if value_of(stack, "environment") == LOCAL:
        deployed = service_of(stack, "frontend")["spec"]
        port, wanted = deployed["ports"][0].get("nodePort"), value_of(stack, "frontend", "service", "nodePort")
        stack.require(
            deployed["type"] == "NodePort" and wanted in (0, port),
            f"deployed: {deployed['type']} on node port {port}, the value being {wanted or '0 (any)'}",
        )
        answers, how = _asked_at_its_node(stack, port)
        stack.require(answers, how)
    answer = stack.request(stack.client(), "GET", "/")
    stack.require(answer.status == 200, f"{stack.stack.address} answers {answer.status or answer.error}")


@pytest.mark.clause("FR-009", "US3-3")
def test_backend_is_internal(stack: Inspection) -> None:
    """Every Service, port and Ingress that leads to a backend pod: as deployed, and rendered for each environment."""
    live = stack.items("services,ingresses")
    pods = pods_of(stack, deployment_of(stack, "backend"))
    found = {"deployed": ways_in(pods, live)}
    for environment in ENVIRONMENTS:
        asked = {"environment": environment, "ingress.enabled": "true", "aiops.kagent.enabled": "true"}
        objects = rendered(stack, asked)
        templates = [
            one["spec"]["template"] for one in objects if one["kind"] == "Deployment" and tier_of(one) == "backend"
        ]
        stack.require(bool(templates), f"{environment}: the chart renders pods of the backend")
        found[environment] = ways_in(templates, objects)
    for where, ways in found.items():
        stack.require(not ways, f"{where}: the backend is reached from outside by {', '.join(ways) or 'nothing'}")
    kind = service_of(stack, "backend")["spec"].get("type", "ClusterIP")
    stack.require(kind == "ClusterIP", f"the backend's Service is {kind}")


def ways_in(pods: list[Json], objects: list[Json]) -> list[str]:
    """What lets someone outside the cluster reach one of these pods: their own ports, Services, Ingresses; in words."""
    found: list[str] = []
    for spec in (pod["spec"] for pod in pods):
        if spec.get("hostNetwork"):
            found.append("the node's network")
        ports = [port for container in spec["containers"] for port in container.get("ports", [])]
        found += [f"port {port['hostPort']} of the node" for port in ports if port.get("hostPort")]
    leading = [one for one in objects if one["kind"] == "Service" and _selects(one, pods)]
    for service in leading:
        spec, name = service["spec"], service["metadata"]["name"]
        if (kind := spec.get("type", "ClusterIP")) != "ClusterIP":
            found.append(f"the Service {name} ({kind})")
        found += [f"{name} on node port {port['nodePort']}" for port in spec["ports"] if port.get("nodePort")]
        found += [f"{name} at {address}" for address in spec.get("externalIPs", [])]
    names = {one["metadata"]["name"] for one in leading}
    for ingress in (one for one in objects if one["kind"] == "Ingress"):
        targets = names & set(_targets(ingress["spec"]))
        found += [f"the Ingress {ingress['metadata']['name']}, which leads to {name}" for name in sorted(targets)]
    return list(dict.fromkeys(found))


def _selects(service: Json, pods: list[Json]) -> bool:
    selector = service["spec"].get("selector") or {}
    return bool(selector) and any(selector.items() <= pod["metadata"].get("labels", {}).items() for pod in pods)


def _targets(ingress: Json) -> list[str]:
    """The Services that an Ingress leads to."""
    backends = [
        path["backend"] for rule in ingress.get("rules") or [] for path in rule.get("http", {}).get("paths", [])
    ]
    backends += [ingress["defaultBackend"]] if "defaultBackend" in ingress else []
    return [backend["service"]["name"] for backend in backends if "service" in backend]


def _asked_at_its_node(stack: Inspection, port: int) -> tuple[bool, str]:
    """Does the page answer at the address of the node that its pod runs on, asked from here or else from a pod?"""
    host = next(pod["status"]["hostIP"] for pod in pods_of(stack, deployment_of(stack, "frontend")))
    address = f"http://{f'[{host}]' if ':' in host else host}:{port}"
    stack.note("curl", address)
    answer = ApiClient(address, timeout=NODE_SECONDS).request("GET", "/")
    if answer.status:
        return answer.status == 200, f"{address}, the node's own, answers {answer.status}"
    # A node inside Docker Desktop's machine has an address that leads nowhere from here.
    look = f"import urllib.request as u; print(u.urlopen({address!r}, timeout={NODE_SECONDS}).status)"
    backend = f"deployment/{stack.stack.cluster.release}-backend"
    said = stack.kubectl("exec", backend, "-c", "backend", "--", "python", "-c", look, check=False)
    return said.strip() == "200", f"{address}, the node's own, asked from a pod: {said.strip()[-120:]}"
