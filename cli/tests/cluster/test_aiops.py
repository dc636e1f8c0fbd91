"""What programs that operate a cluster with a language model find of a release, and the files for them."""

import json
import subprocess
from typing import Any
from urllib.request import Request, urlopen

import pytest
import yaml

from cluster.own_release import RELEASE, OwnRelease
from documentation import CHECKOUT, QUERIES, run_by

AIOPS = CHECKOUT / "deploy" / "aiops"
KINDS = {"Deployment", "ReplicaSet", "Pod", "Service"}
HINTS = ("kubernetes.io/description", "todo-stack/health", "todo-stack/logs", "todo-stack/docs")
OWN = "deployments,services,secrets,poddisruptionbudgets"
MCP_LABEL = "kagent.dev/mcp-service"


def manifest(name: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((AIOPS / "kagent" / name).read_text())
    return found


def test_everything_is_found_by_labels_alone(spare: OwnRelease) -> None:
    found = spare.get("all", "-l", "app=todo")["items"]
    assert {one["kind"] for one in found} == KINDS
    everything = {(one["kind"], one["metadata"]["name"]) for one in spare.get("all")["items"]}
    others = {(kind, name) for kind, name in everything if not name.startswith(RELEASE)}
    assert {(one["kind"], one["metadata"]["name"]) for one in found} == everything - others
    for tier, pods in (("backend", 2), ("frontend", 1), ("database", 1)):
        selector = f"app=todo,tier={tier},environment=local"
        assert len(spare.get("pods", "-l", selector)["items"]) == pods
        assert len(spare.get("deployments", "-l", selector)["items"]) == 1


def test_every_object_says_what_it_is_and_where_to_look(spare: OwnRelease) -> None:
    for one in spare.get(OWN, "-l", "app=todo")["items"]:
        annotations = one["metadata"].get("annotations", {})
        assert not set(HINTS) - set(annotations), (one["kind"], one["metadata"]["name"])
    for tier in ("backend", "frontend", "database"):
        described = spare.kubectl("describe", "deployment", f"{RELEASE}-{tier}")
        assert all(hint in described for hint in HINTS)
        (one,) = spare.get("deployments", "-l", f"tier={tier}")["items"]
        hint = one["metadata"]["annotations"]["todo-stack/logs"]
        result = subprocess.run(["bash", "-c", hint], env=spare.environment, capture_output=True, text=True, timeout=30)
        assert result.returncode == 0, result.stderr
        assert f"{RELEASE}-{tier}" in result.stdout


@pytest.mark.parametrize("command", run_by(QUERIES))
def test_the_documented_queries_find_the_application(spare: OwnRelease, command: str) -> None:
    there = f"{command} --context {spare.context} -n {spare.namespace}"
    result = subprocess.run(["bash", "-c", there], env=spare.environment, capture_output=True, text=True, timeout=30)
    assert result.returncode == 0, result.stderr
    assert f"{RELEASE}-backend" in result.stdout


def test_kagent_discovers_the_operations_tools_and_nothing_else(spare: OwnRelease) -> None:
    """By kagent's rule: Services with its label; their only port, else the one that speaks MCP; path and protocol."""
    services = spare.get("services", "-l", f"{MCP_LABEL}=true")["items"]
    assert [one["metadata"]["name"] for one in services] == [f"{RELEASE}-ops"]
    (service,) = services
    ports = service["spec"]["ports"]
    (port,) = ports if len(ports) == 1 else [one for one in ports if one.get("appProtocol") == "mcp"]
    annotations = service["metadata"]["annotations"]
    assert annotations["kagent.dev/mcp-service-protocol"] == manifest("remote-mcp-server.yaml")["spec"]["protocol"]
    path = annotations["kagent.dev/mcp-service-path"]
    discovered = f"http://{RELEASE}-ops.{spare.namespace}:{port['port']}{path}"
    assert manifest("remote-mcp-server.yaml")["spec"]["url"] == discovered.replace(spare.namespace, "todo-stack")


def test_the_agent_names_the_tools_that_the_server_lists(spare: OwnRelease) -> None:
    with spare.way_in("backend", 8000) as address:
        listed = rpc(f"{address}/ops/mcp", "tools/list")["tools"]
    assert {one["name"] for one in listed} == agent_tools("todo-stack-ops")
    assert all(one["description"] and one["annotations"]["readOnlyHint"] for one in listed)


def test_the_manifests_have_what_kagent_asks_for() -> None:
    server, agent = manifest("remote-mcp-server.yaml"), manifest("agent.yaml")
    assert (server["apiVersion"], server["kind"]) == ("kagent.dev/v1alpha2", "RemoteMCPServer")
    assert set(server["spec"]) <= {
        "description",
        "protocol",
        "url",
        "headersFrom",
        "timeout",
        "sseReadTimeout",
        "terminateOnClose",
    }
    assert (agent["apiVersion"], agent["kind"]) == ("kagent.dev/v1alpha2", "Agent")
    assert agent["spec"]["type"] == "Declarative"
    assert {"modelConfig", "systemMessage", "tools"} == set(agent["spec"]["declarative"])
    for tool in agent["spec"]["declarative"]["tools"]:
        assert set(tool) == {"type", "mcpServer"}
        assert set(tool["mcpServer"]) == {"apiGroup", "kind", "name", "toolNames"}
    assert not [
        name for name in agent_tools("kagent-tool-server") if not name.startswith(("k8s_get_", "k8s_describe_"))
    ]


def test_kubectl_ai_s_tools_are_commands_that_are_there() -> None:
    tools = yaml.safe_load((AIOPS / "kubectl-ai" / "tools.yaml").read_text())
    assert [set(tool) for tool in tools] == [{"name", "description", "command", "command_desc"}] * len(tools)
    assert {tool["command"] for tool in tools} == {"./todo", "helm"}
    assert all((CHECKOUT / tool["command"]).exists() for tool in tools if tool["command"].startswith("./"))
    prompt = (AIOPS / "kubectl-ai" / "prompt.txt").read_text()
    assert all(hint in prompt for hint in HINTS)
    assert "todo_status" in {tool["name"] for tool in tools}


def agent_tools(server: str) -> set[str]:
    tools = manifest("agent.yaml")["spec"]["declarative"]["tools"]
    return {name for tool in tools if tool["mcpServer"]["name"] == server for name in tool["mcpServer"]["toolNames"]}


def rpc(url: str, method: str) -> dict[str, Any]:
    """What an MCP server answers to one stateless request."""
    body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": {}}).encode()
    headers = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}
    with urlopen(Request(url, body, headers), timeout=20) as answer:
        found: dict[str, Any] = json.load(answer)["result"]
    return found
