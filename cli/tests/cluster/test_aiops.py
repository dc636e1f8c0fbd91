"""What programs that operate a cluster with a language model find of a release, and the files for them."""

import json
import os
import re
import subprocess
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest
import yaml

from cluster.own_release import RELEASE, OwnRelease, until
from cluster.stack import PATIENCE, Stack
from documentation import CHECKOUT, QUERIES, run_by

AIOPS = CHECKOUT / "deploy" / "aiops"
TOOLS: list[dict[str, str]] = yaml.safe_load((AIOPS / "kubectl-ai" / "tools.yaml").read_text())
PROMPT = (AIOPS / "kubectl-ai" / "prompt.txt").read_text()
#: What the prompt tells the model to type, and each tool with each command that it tells the model.
ASKED = re.findall(r"^- (kubectl .*)$", PROMPT, re.MULTILINE)
CALLS = [
    (tool, found) for tool in TOOLS for found in re.findall(r"^- (.*?)(?: \(|$)", tool["command_desc"], re.MULTILINE)
]
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
        result = subprocess.run(
            ["bash", "-c", hint], env=spare.env, capture_output=True, text=True, timeout=30 * PATIENCE
        )
        assert result.returncode == 0, result.stderr
        assert f"{RELEASE}-{tier}" in result.stdout


@pytest.mark.parametrize("command", run_by(QUERIES))
def test_the_documented_queries_find_the_application(spare: OwnRelease, command: str) -> None:
    assert f"{RELEASE}-backend" in typed(spare, f"{command} -n {spare.namespace}")


@pytest.mark.parametrize("query", ASKED)
def test_the_queries_of_the_prompt_find_the_application(spare: OwnRelease, query: str) -> None:
    running = re.compile(rf"^(?:pod/)?{RELEASE}-backend-\S+ +1/1 +Running", re.MULTILINE)
    asked = query.replace("-n todo-stack", f"-n {spare.namespace}")
    until(lambda: len(running.findall(typed(spare, asked))) == 2, 60, lambda: typed(spare, asked))


def test_the_prompt_has_queries() -> None:
    assert len(ASKED) >= 2


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


def test_the_operations_tools_tell_of_both_pods(spare: OwnRelease) -> None:
    """By the Service that kagent discovers: it leads to one pod, which asks the other.

    A pod that is busy may be late once: it is reported as one that does not answer, and the next look finds it well.
    """
    names = {pod["metadata"]["name"] for pod in spare.pods("backend")}
    assert len(names) == 2
    with spare.way_in("ops", 8000) as address:

        def both(tool: str) -> dict[str, Any]:
            """What the tool reports, once it has heard from both pods."""

            def report() -> dict[str, Any] | None:
                reported = ask(address, tool)
                heard = {one["pod"] for one in reported["pods"] if one.get("ready", True)}
                return reported if heard == names else None

            return until(report, 30, lambda: f"{tool} does not tell of both pods")

        pods = both("get_pods")["pods"]
        errors = both("get_recent_errors")
        database = until(
            lambda: found if (found := ask(address, "get_database"))["reachable"] else None,
            30,
            lambda: "the database is not reachable",
        )
    assert all(pod["ready"] and pod["why_not"] is None and pod["latency_ms"] > 0 for pod in pods)
    assert database["problem"] is None
    assert database["latency_ms"] > 0
    assert database["revision"] == database["wanted_revision"]
    assert errors["problem"] is None


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


def test_kubectl_ai_s_tools_have_what_it_reads() -> None:
    assert [set(tool) for tool in TOOLS] == [{"name", "description", "command", "command_desc"}] * len(TOOLS)
    assert {tool["name"] for tool, _ in CALLS} == {tool["name"] for tool in TOOLS}, "each names what to run"
    assert "todo_status" in {tool["name"] for tool in TOOLS}
    assert all(hint in PROMPT for hint in HINTS)


@pytest.mark.parametrize(("tool", "command"), CALLS, ids=[command for _, command in CALLS])
def test_kubectl_ai_runs_the_tool(
    stack: Stack, spare: OwnRelease, tool: dict[str, str], command: str, tmp_path: Path
) -> None:
    """As it does: what the model wrote is one argument of bash, in a folder of its own, with or without the program."""
    here = command.replace("-n todo-stack", f"-n {stack.cluster.namespace}")
    ways = (here, here.removeprefix(tool["command"]).lstrip())
    for line in {way if way.startswith(tool["command"]) else f"{tool['command']} {way}" for way in ways}:
        result = subprocess.run(
            ["bash", "-c", line],
            cwd=tmp_path,
            env=with_tools(spare),
            capture_output=True,
            text=True,
            timeout=200 * PATIENCE,
        )
        # 1: `doctor` has found what would keep `up` from working, `status` a pod that is busy, and they say it.
        found = "doctor" in line or " status" in line
        assert result.returncode in ((0, 1) if found else (0,)), result.stdout + result.stderr
        assert json.loads(result.stdout) if "--json" in line else result.stdout


def with_tools(release: OwnRelease) -> dict[str, str]:
    """The environment of a kubectl-ai that was started as the README says, with the release's cluster."""
    path = f"{CHECKOUT}{os.pathsep}{release.env['PATH']}"
    return release.env | {"PATH": path, "HELM_KUBECONTEXT": release.context}


def typed(release: OwnRelease, query: str) -> str:
    """What a kubectl query prints when it is typed with the release's cluster."""
    there = f"{query} --context {release.context}"
    result = subprocess.run(
        ["bash", "-c", there], env=release.env, capture_output=True, text=True, timeout=30 * PATIENCE
    )
    assert result.returncode == 0, result.stderr
    return result.stdout


def ask(address: str, tool: str) -> dict[str, Any]:
    """What an operations tool answers."""
    answer = rpc(f"{address}/ops/mcp", "tools/call", name=tool, arguments={})
    assert not answer.get("isError"), answer
    found: dict[str, Any] = answer["structuredContent"]
    return found


def agent_tools(server: str) -> set[str]:
    tools = manifest("agent.yaml")["spec"]["declarative"]["tools"]
    return {name for tool in tools if tool["mcpServer"]["name"] == server for name in tool["mcpServer"]["toolNames"]}


def rpc(url: str, method: str, **params: Any) -> dict[str, Any]:
    """What an MCP server answers to one stateless request."""
    body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).encode()
    headers = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}
    with urlopen(Request(url, body, headers), timeout=20 * PATIENCE) as answer:
        found: dict[str, Any] = json.load(answer)["result"]
    return found
