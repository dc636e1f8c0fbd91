"""NetworkPolicies: who can reach whom, worked out from the rendered objects as a cluster's network does."""

from ipaddress import ip_address, ip_network

import pytest
from conftest import DEMO, EXISTING, Chart, Object, Rendered, merged

POLICIES = {"networkPolicy": {"enabled": True}}
MAIL: Object = {"frontend": {"mailFrom": "todo@example.com", "publicUrl": "https://todo.example.com"}}
PORTS = {"backend": 8000, "frontend": 3000, "database": 5432, "smoke": 8080}
STRANGER: Object = {"labels": {"app.kubernetes.io/name": "stranger"}, "namespace": "space"}
KAGENT: Object = {"labels": {}, "namespace": "kagent"}


def _pod(component: str) -> Object:
    names = {"name": "todo-stack", "instance": "todo-stack", "component": component}
    return {"labels": {f"app.kubernetes.io/{key}": value for key, value in names.items()}, "namespace": "space"}


def _selects(selector: Object, labels: Object) -> bool:
    return selector.get("matchLabels", {}).items() <= labels.items()


def _is_peer(peer: Object, other: Object) -> bool:
    """Whether an end of a connection, a pod or an address, is one that the rule means."""
    if block := peer.get("ipBlock"):
        return "address" in other and ip_address(other["address"]) in ip_network(block["cidr"])
    if "address" in other:
        return False
    if "namespaceSelector" in peer:
        here = _selects(peer["namespaceSelector"], {"kubernetes.io/metadata.name": other["namespace"]})
    else:
        here = other["namespace"] == "space"
    return here and _selects(peer.get("podSelector", {}), other["labels"])


def _side_allows(rendered: Rendered, pod: Object, other: Object, direction: str, port: int, protocol: str) -> bool:
    specs = [
        o["spec"]
        for o in rendered
        if o["kind"] == "NetworkPolicy" and pod.get("namespace") == "space" and "labels" in pod
        and _selects(o["spec"]["podSelector"], pod["labels"]) and direction in o["spec"]["policyTypes"]
    ]  # fmt: skip
    if not specs:
        return True
    peers, rules = ("from", "ingress") if direction == "Ingress" else ("to", "egress")
    return any(
        {"protocol": protocol, "port": port} in rule["ports"]
        and (peers not in rule or any(_is_peer(peer, other) for peer in rule[peers]))
        for spec in specs
        for rule in spec[rules]
    )


def _allows(rendered: Rendered, source: Object, target: Object, port: int, protocol: str = "TCP") -> bool:
    return _side_allows(rendered, source, target, "Egress", port, protocol) and _side_allows(
        rendered, target, source, "Ingress", port, protocol
    )


def _ways(rendered: Rendered) -> set[tuple[str, str]]:
    """Every pair of components whose first reaches the second's port."""
    return {
        (source, target)
        for source in PORTS
        for target, port in PORTS.items()
        if _allows(rendered, _pod(source), _pod(target), port)
    }


def test_they_are_off_by_default(chart: Chart) -> None:
    assert not [o for o in chart.render(DEMO) if o["kind"] == "NetworkPolicy"]


def test_inside_only_the_ways_that_are_used_are_open(chart: Chart) -> None:
    used = {
        ("frontend", "backend"),
        ("backend", "frontend"),  # its keys, which verify tokens
        ("smoke", "frontend"),
        ("backend", "database"),
        ("frontend", "database"),
    }
    assert _ways(chart.render(merged(DEMO, POLICIES))) == used
    kagent = {"aiops": {"kagent": {"enabled": True}}}
    assert _ways(chart.render(merged(DEMO, POLICIES, kagent))) == used | {("backend", "backend")}


def test_from_outside_everybody_reaches_the_frontend_alone(chart: Chart) -> None:
    rendered = chart.render(merged(DEMO, POLICIES))
    for source in (STRANGER, KAGENT, {"address": "192.0.2.1"}):
        assert {c for c, port in PORTS.items() if _allows(rendered, source, _pod(c), port)} == {"frontend"}


def test_kagent_reaches_the_backend_when_it_is_enabled(chart: Chart) -> None:
    rendered = chart.render(merged(DEMO, POLICIES, {"aiops": {"kagent": {"enabled": True}}}))
    assert _allows(rendered, KAGENT, _pod("backend"), 8000)
    assert not _allows(rendered, KAGENT, _pod("database"), 5432)
    assert not _allows(rendered, STRANGER, _pod("backend"), 8000)


def test_the_frontend_may_be_for_the_ingress_controller_alone(chart: Chart) -> None:
    controller = {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "ingress-nginx"}}}
    rendered = chart.render(merged(DEMO, POLICIES, {"networkPolicy": {"frontend": {"from": [controller]}}}))
    frontend = _pod("frontend")
    assert _allows(rendered, {"labels": {}, "namespace": "ingress-nginx"}, frontend, 3000)
    assert _allows(rendered, _pod("backend"), frontend, 3000)
    assert _allows(rendered, _pod("smoke"), frontend, 3000)
    assert not _allows(rendered, STRANGER, frontend, 3000)
    assert not _allows(rendered, {"address": "192.0.2.1"}, frontend, 3000)


@pytest.mark.parametrize(
    ("component", "values", "open_ports"),
    [
        ("backend", EXISTING, {53, 5432, 443}),
        ("frontend", EXISTING, {53, 5432}),
        ("smoke", EXISTING, {53}),
        ("backend", DEMO, {53}),
        ("frontend", DEMO, {53}),
        ("database", DEMO, set()),
        ("backend", merged(EXISTING, {"assistant": {"baseUrl": "http://ollama:11434/v1"}}), {53, 5432, 11434}),
        ("backend", merged(EXISTING, {"assistant": {"baseUrl": "http://models/v1"}}), {53, 5432, 80}),
        ("backend", merged(EXISTING, {"networkPolicy": {"model": {"port": 8080}}}), {53, 5432, 8080}),
        ("backend", merged(EXISTING, {"networkPolicy": {"database": {"port": 6543}}}), {53, 6543, 443}),
        ("frontend", merged(EXISTING, MAIL), {53, 5432, 587}),
        ("backend", merged(EXISTING, MAIL), {53, 5432, 443}),
        ("frontend", merged(EXISTING, MAIL, {"networkPolicy": {"mail": {"port": 465}}}), {53, 5432, 465}),
    ],
)  # fmt: skip
def test_what_leaves_the_cluster(chart: Chart, component: str, values: Object, open_ports: set[int]) -> None:
    rendered = chart.render(merged(values, POLICIES))
    tried = (22, 25, 53, 80, 443, 465, 587, 3000, 5432, 6543, 8000, 8080, 11434)
    anywhere = {"address": "198.51.100.7"}
    assert {port for port in tried if _allows(rendered, _pod(component), anywhere, port)} == open_ports
    assert _allows(rendered, _pod(component), anywhere, 53, "UDP") == (53 in open_ports)


def test_database_model_and_mail_by_address(chart: Chart) -> None:
    addresses = {"database": "198.51.100.0/24", "model": "203.0.113.7/32", "mail": "203.0.113.25/32"}
    ranges = {name: {"cidrs": [cidr]} for name, cidr in addresses.items()}
    rendered = chart.render(merged(EXISTING, MAIL, POLICIES, {"networkPolicy": ranges}))
    assert _allows(rendered, _pod("frontend"), {"address": "203.0.113.25"}, 587)
    assert not _allows(rendered, _pod("frontend"), {"address": "203.0.113.26"}, 587)
    for component in ("backend", "frontend"):
        assert _allows(rendered, _pod(component), {"address": "198.51.100.9"}, 5432)
        assert not _allows(rendered, _pod(component), {"address": "203.0.113.7"}, 5432)
    assert _allows(rendered, _pod("backend"), {"address": "203.0.113.7"}, 443)
    assert not _allows(rendered, _pod("backend"), {"address": "203.0.113.8"}, 443)


def test_more_ways_out_can_be_opened(chart: Chart) -> None:
    proxy = {"to": [{"ipBlock": {"cidr": "192.0.2.10/32"}}], "ports": [{"protocol": "TCP", "port": 3128}]}
    rendered = chart.render(merged(EXISTING, POLICIES, {"networkPolicy": {"extraEgress": [proxy]}}))
    for component in ("backend", "frontend"):
        assert _allows(rendered, _pod(component), {"address": "192.0.2.10"}, 3128)
        assert not _allows(rendered, _pod(component), {"address": "192.0.2.11"}, 3128)
