"""Every way by which a backend pod can be reached from outside the cluster is seen."""

from typing import Any

import pytest
from acceptance.checks.exposure import ways_in

LABELS = {"component": "backend", "instance": "one"}


def pod(**spec: Any) -> dict[str, Any]:
    return {"metadata": {"labels": LABELS}, "spec": {"containers": [{"ports": [{"containerPort": 8000}]}]} | spec}


def service(selector: dict[str, str] | None = None, **spec: Any) -> dict[str, Any]:
    found = {"component": "backend"} if selector is None else selector
    return {
        "kind": "Service",
        "metadata": {"name": "way"},
        "spec": {"selector": found, "ports": [{"port": 8000}]} | spec,
    }


def ingress(name: str) -> dict[str, Any]:
    paths = [{"backend": {"service": {"name": name}}}]
    return {"kind": "Ingress", "metadata": {"name": "in"}, "spec": {"rules": [{"http": {"paths": paths}}]}}


@pytest.mark.parametrize(
    ("pods", "objects", "seen"),
    [
        ([pod()], [service()], []),
        ([pod()], [service(clusterIP="None")], []),
        ([pod()], [service({"component": "frontend"}, type="LoadBalancer")], []),
        ([pod()], [service({}, type="LoadBalancer")], []),
        ([pod()], [service(type="NodePort")], ["the Service way (NodePort)"]),
        ([pod()], [service(type="LoadBalancer")], ["the Service way (LoadBalancer)"]),
        ([pod()], [service(externalIPs=["192.0.2.1"])], ["way at 192.0.2.1"]),
        ([pod()], [service(ports=[{"port": 1, "nodePort": 30001}])], ["way on node port 30001"]),
        ([pod()], [service(), ingress("way")], ["the Ingress in, which leads to way"]),
        ([pod()], [service(), ingress("frontend")], []),
        ([pod(hostNetwork=True)], [], ["the node's network"]),
        ([pod(containers=[{"ports": [{"hostPort": 80}]}])], [], ["port 80 of the node"]),
    ],
)
def test_ways_in(pods: list[dict[str, Any]], objects: list[dict[str, Any]], seen: list[str]) -> None:
    assert ways_in(pods, objects) == seen
