"""A stand-in for docker, minikube, kubectl, helm, kind and k3d, by the name it is run under.

Answers as the real programs do, exit codes included, from a state file (FAKE_STATE); writes every call to a log beside
it. What minikube answers is what 1.38.1 with the docker driver was seen to answer.

The tests call it some thousands of times, and most of a call is Python's start: only what is built in is imported
(`json` costs as much again as all the rest, and is two functions of `_json`), and `conftest.py` runs it by its
compiled form.
"""

import os
import sys
import time
from _json import encode_basestring_ascii, make_encoder, make_scanner

STATE = os.environ["FAKE_STATE"]
FOLDER = os.path.dirname(STATE)  # noqa: PTH120 (pathlib takes longer than the whole call)
STATUS = {"running": 0, "paused": 2, "broken": 6, "stopped": 7, "absent": 85}
HOST = {
    "running": ("Running", "Running", "Running", "Configured"),
    "paused": ("Running", "Stopped", "Paused", "Configured"),
    "broken": ("Running", "Stopped", "Stopped", "Misconfigured"),
    "stopped": ("Stopped", "Stopped", "Stopped", "Stopped"),
}


class Json:
    """What `json.loads` and `json.dumps` do."""

    strict, memo, object_hook, object_pairs_hook = True, {}, None, None
    parse_float, parse_int, parse_constant = float, int, float

    @classmethod
    def loads(cls, text):
        return make_scanner(cls)(text.strip(), 0)[0]

    @staticmethod
    def dumps(value):
        return "".join(
            make_encoder(None, None, encode_basestring_ascii, None, ": ", ", ", False, False, True)(value, 0)
        )


def read(path):
    with open(path, encoding="utf-8") as file:  # noqa: PTH123
        return file.read()


def write(path, text, mode="w"):
    with open(path, mode, encoding="utf-8") as file:  # noqa: PTH123
        file.write(text)


def main() -> int:
    name, arguments = sys.argv[0].rpartition("/")[2], sys.argv[1:]
    before = read(STATE)
    state = Json.loads(before)
    stdin = sys.stdin.read() if ("-" in arguments or "-i" in arguments) else ""
    write(f"{FOLDER}/calls.jsonl", Json.dumps({"program": name, "arguments": arguments, "stdin": stdin}) + "\n", "a")
    programs = {"docker": docker, "minikube": minikube, "kubectl": kubectl, "helm": helm, "kind": loader, "k3d": loader}
    code = programs[name](state, arguments, stdin)
    if state != Json.loads(before):
        save(state)
    return code


def docker(state, arguments, _stdin):
    if not state["docker"]:
        print("Cannot connect to the Docker daemon at unix:///var/run/docker.sock.", file=sys.stderr)
        return 1
    if state.get("docker_refuses"):
        print("permission denied while trying to connect to the Docker daemon socket", file=sys.stderr)
        return 1
    match arguments:
        case ["info", "--format", template]:
            known = {".ServerVersion": "27.5.1", ".DockerRootDir": ""}
            known |= {".NCPU": str(state.get("docker_cpus", 4))}
            known |= {".MemTotal": str(state.get("docker_memory", 8 * 2**30))}
            text, *fields = template.split("{{")
            print(text + "".join(known[name] + rest for name, _, rest in (field.partition("}}") for field in fields)))
        case ["image", "inspect", *_, reference]:
            if reference not in state["docker_images"]:
                print(f"Error response from daemon: No such image: {reference}", file=sys.stderr)
                return 1
            print("sha256:0")
        case ["buildx", "version"] if state.get("no_buildx"):
            print("docker: 'buildx' is not a docker command.", file=sys.stderr)
            return 1
        case ["buildx", "version"]:
            print("github.com/docker/buildx v0.29.1 a32761a")
        case ["build", *rest]:
            if state.get("build_fails"):
                print(state.get("build_says", '#9 ERROR: process "/bin/sh -c npm ci" did not complete: exit code: 1'))
                return 1
            if "--tag" in rest:
                state["docker_images"].append(rest[rest.index("--tag") + 1])
            else:
                folder = rest[rest.index("--output") + 1].partition("dest=")[2]
                image = rest[-1].rstrip("/").rpartition("/")[2]
                write(f"{folder}/{image}.cdx.json", '{"bomFormat": "CycloneDX"}')
        case ["save", reference]:
            print(reference)
        case ["tag", reference, name]:
            if reference not in state["docker_images"]:
                print(f"Error response from daemon: No such image: {reference}", file=sys.stderr)
                return 1
            state["docker_images"].append(name)
        case ["push", name]:
            print(f"The push refers to repository [{name.rpartition(':')[0]}]")
            if state.get("push_says"):
                print(state["push_says"], file=sys.stderr)
                return 1
            there = name in state.setdefault("registry", [])
            print(f"5f70bf18a086: {'Layer already exists' if there else 'Pushed'}")
            state["registry"].append(name)
        case ["port", name]:
            if state["minikube"] not in ("running", "paused", "broken") or name != state["context"]:
                print(f"Error response from daemon: No such container: {name}", file=sys.stderr)
                return 1
            print(state.get("published", ""))
        case ["rm", "-f", "-v", name]:
            if name == state["context"]:
                state["minikube"] = "absent"
        case ["history", *_]:
            print("\n".join(Json.dumps(entry) for entry in state["docker_history"]))
        case ["run", *_]:
            print(Json.dumps(state["docker_packages"]))
    return 0


def minikube(state, arguments, _stdin):
    if arguments[:1] == ["-p"]:
        arguments = arguments[2:]
    status = state["minikube"]
    match arguments:
        case ["version", *_]:
            print("v1.38.1")
        case ["status", *_]:
            if status == "absent":
                print(
                    '{"specversion":"1.0","type":"io.k8s.sigs.minikube.info","data":{"message":"Profile not found."}}'
                )
            else:
                host, kubelet, api, kubeconfig = HOST[status]
                answer = {"Name": "todo-stack", "Host": host, "Kubelet": kubelet, "APIServer": api}
                print(Json.dumps(answer | {"Kubeconfig": kubeconfig, "Worker": False}), end="")
            return STATUS[status]
        case ["profile", "list", *_]:
            config = {"Config": state["profile"]} if state.get("profile") else {}
            name = {"running": "OK", "broken": "Unknown"}.get(status, status.title())
            valid = (
                []
                if status == "absent" or state.get("no_profile")
                else [{"Name": state["context"], "Status": name} | config]
            )
            print(Json.dumps({"invalid": [], "valid": valid}))
        case ["start", *rest]:
            if state["root"] and "--force" not in rest:
                print('X Exiting due to DRV_AS_ROOT: The "docker" driver should not be used with root privileges.')
                return 57
            if state.get("start_fails"):
                state["minikube"] = state.get("start_leaves", status)
                print(state.get("start_says", "X Exiting due to RUNTIME_ENABLE: Failed to enable container runtime"))
                return state.get("start_exits", 90)
            if state.get("start_hangs"):
                state["minikube"] = "broken"
                save(state)
                time.sleep(600)
            state["minikube"] = "running"
        case ["unpause", *_]:
            state["minikube"] = "running"
        case ["image", "load", reference]:
            # Exits 0 whatever happens, as the real one does.
            if state["docker"] and reference in state["docker_images"] and not state.get("load_fails"):
                state["node_images"].append(f"docker.io/library/{reference}")
            else:
                said = f"! The image '{reference}' was not found; unable to add it to cache."
                print(state.get("load_says", said), file=sys.stderr)
        case ["image", "ls", *_]:
            if status == "running":
                print("\n".join(sorted(["registry.k8s.io/pause:3.10.1", *state["node_images"]], reverse=True)))
        case ["stop" | "delete"] if not state["docker"]:
            print('X Exiting due to GUEST_STOP_TIMEOUT: Unable to stop VM: unknown state "todo-stack"', file=sys.stderr)
            return 82
        case ["stop"]:
            if status == "absent":
                return 85
            state["minikube"] = "stopped"
        case ["delete"]:
            state["minikube"], state["node_images"], state["release"], state["secret"] = "absent", [], None, None
    return 0


def loader(state, arguments, _stdin):
    """kind load docker-image IMAGE --name NAME; k3d image import IMAGE --cluster NAME."""
    if state.get("load_says"):
        print(state["load_says"], file=sys.stderr)
        return 1
    state["node_images"].append(f"docker.io/library/{arguments[2]}")
    return 0


def kubectl(state, arguments, stdin):
    rest = [part for part in arguments if part not in ("--context", "--namespace")]
    if rest[:1] == ["version"]:
        print("Client Version: v1.34.1")
        return 0
    if rest[:1] == ["config"] and state.get("kubeconfig_says"):
        print(state["kubeconfig_says"], file=sys.stderr)
        return 1
    if rest[:2] == ["config", "get-contexts"]:
        print("\n".join(state.get("contexts", [state["context"]])))
        return 0
    if rest[:2] == ["config", "current-context"]:
        if state["context"] is None:
            print("error: current-context is not set", file=sys.stderr)
            return 1
        print(state["context"])
        return 0
    asked = arguments[arguments.index("--context") + 1] if "--context" in arguments else state["context"]
    if asked not in state.get("contexts", [state["context"]]):
        print(f'error: context "{asked}" does not exist', file=sys.stderr)
        return 1
    rest = [part for part in rest if part not in (state["context"], state["namespace_name"])] or rest
    if state["minikube"] != "running" or state.get("unreachable"):
        print("The connection to the server was refused - did you specify the right host or port?", file=sys.stderr)
        return 1
    if state.get("get_says") and rest[:2] == ["get", "deployments,pods"]:
        print(state["get_says"], file=sys.stderr)
        return 1
    match rest:
        case ["get", "--raw", "/readyz", *_]:
            print("ok")
        case ["version", "-o", "json"]:
            server = {"gitVersion": state.get("server", "v1.34.4")}
            print(Json.dumps({"clientVersion": {"gitVersion": "v1.34.1"}, "serverVersion": server}))
        case ["get", "namespace", *_]:
            if not state["namespace"]:
                return not_found("namespaces")
            labels = {"app.kubernetes.io/managed-by": "todo-cli"} if state["namespace"] == "ours" else {}
            print(Json.dumps({"metadata": {"labels": labels}}))
        case ["get", "secret", *_]:
            if state["secret"] is None:
                return not_found("secrets")
            print(Json.dumps(state["secret"]))
        case ["apply", *_] if state.get("apply_says"):
            print(state["apply_says"], file=sys.stderr)
            return 1
        case ["apply", *_]:
            manifest = Json.loads(stdin)
            if manifest["kind"] == "Namespace":
                state["namespace"] = "ours"
            else:
                state["secret"] = manifest
        case ["get", "deployments,pods", *_]:
            print(Json.dumps({"items": state["objects"] if state["release"] else []}))
        case ["get", "pods", *_] if "--all-namespaces" in rest:
            print(Json.dumps({"items": state.get("pods", [])}))
        case ["get", "pods", *_]:
            pods = [one for one in state["objects"] if one["kind"] == "Pod"]
            print(Json.dumps({"items": pods if state["release"] else []}))
        case ["get", "deployment", name, *_] if name.endswith("-database"):
            if state.get("deployment_says"):
                print(state["deployment_says"], file=sys.stderr)
                return 1
            if state["database"] is None or not state["release"]:
                return 0 if "--ignore-not-found" in rest else not_found("deployments.apps")
            print(Json.dumps({"status": {"readyReplicas": 1}}))
        case ["exec", *_] if state.get("exec_says"):
            print(state["exec_says"], file=sys.stderr)
            return 1
        case ["exec", *_]:
            return database(state, rest[-1], stdin)
        case ["logs", *options] if "--follow" in options:
            follow(state)
        case ["logs", *_]:
            print("\n".join(state.get("logs", [])))
        case ["delete", "secret", *_]:
            state["secret"] = None
        case ["delete", "namespace", *_]:
            state["namespace"] = None
        case ["get", "events", *_]:
            print(Json.dumps({"items": state["events"]}))
        case ["get", "nodes", *_]:
            print(Json.dumps({"items": state.get("nodes", [])}))
        case ["get", *_]:
            print(Json.dumps({"items": []}))
    return 0


def follow(state):
    """The next of the state's streams: its lines, then what the cluster runs; it ends at once or goes on silently."""
    # A test that waits for more than there is must end.
    stream = (
        state["streams"].pop(0) if state["streams"] else {"lines": ["[pod/no/stream] 9999-01-01T00:00:00.0Z is left"]}
    )
    print("\n".join(stream["lines"]), flush=True)
    state["objects"] = stream.get("objects", state["objects"])
    save(state)
    if not stream.get("ends"):
        time.sleep(600)


def save(state):
    """Whole or not at all: others may read it meanwhile."""
    new = f"{FOLDER}/state-{os.getpid()}.json"
    write(new, Json.dumps(state))
    os.replace(new, STATE)  # noqa: PTH105


def database(state, script, stdin):
    if "pg_dump" in script:
        print(f"-- {state['database']} users")
    elif "to_regclass" in stdin:
        print("t")
    elif "count(*)" in stdin:
        print(state["database"])
    else:
        state["database"] = int(stdin.partition(" users")[0].rpartition("-- ")[2])
    return 0


def helm(state, arguments, stdin):
    match [part for part in arguments if part not in ("--kube-context", "--namespace")]:
        case ["version", *_]:
            print("v3.17.3+ge4da497")
        case [_, _, "status", *_]:
            if state.get("helm_status_says"):
                print(state["helm_status_says"], file=sys.stderr)
                return 1
            if state["release"] is None:
                print("Error: release: not found", file=sys.stderr)
                return 1
            print(Json.dumps({"info": state["release"]}))
        case [_, _, "upgrade", *rest]:
            if state["release"] and state["release"]["status"].startswith("pending"):
                print(
                    "Error: UPGRADE FAILED: another operation (install/upgrade/rollback) is in progress",
                    file=sys.stderr,
                )
                return 1
            if state["release"] and state["release"]["status"] == "uninstalling":
                print('Error: UPGRADE FAILED: "todo-stack" has no deployed releases', file=sys.stderr)
                return 1
            if state.get("helm_says"):
                print(state["helm_says"], file=sys.stderr)
                return 1
            description = rest[rest.index("--description") + 1]
            state["release"] = {"status": "deployed", "description": description, "values": Json.loads(stdin)}
            state["installs"] += 1
        case [_, _, "show", "values", *_]:
            print(Json.dumps(state["chart_values"]))
        case [_, _, "get", "values", *_]:
            print(Json.dumps(state["release"].get("values")))
        case [_, _, "rollback", *_]:
            state["release"]["status"] = "deployed"
        case [_, _, "uninstall", *_]:
            state["release"] = None
            state["database"] = 0 if state["database"] is not None else None
    return 0


def not_found(kind):
    print(f'Error from server (NotFound): {kind} "x" not found', file=sys.stderr)
    return 1
