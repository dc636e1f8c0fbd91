"""A stand-in for docker, minikube, kubectl, helm, kind and k3d, by the name it is run under.

Answers as the real programs do, exit codes included, from a state file; writes every call to a log beside it. What
minikube answers is what 1.38.1 with the docker driver was seen to answer.

The tests call it some thousands of times, and most of a process of its own is Python's start. So `conftest.py` calls it in
its own process where it can. As a program (its state file is FAKE_STATE) only what is built in is imported: `json` costs as
much again as all the rest, and is two functions of `_json`.
"""

import os
import sys
import time
from _json import encode_basestring_ascii, make_encoder, make_scanner

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


class Call:
    """The call that is answered; there is one at a time."""

    state_file, out, err = "", sys.stdout, sys.stderr


def say(what, end="\n"):
    print(what, end=end, file=Call.out)


def complain(what):
    print(what, file=Call.err)


def main() -> int:
    name, arguments = sys.argv[0].rpartition("/")[2], sys.argv[1:]
    stdin = sys.stdin.read() if ("-" in arguments or "-i" in arguments) else ""
    return answer(os.environ["FAKE_STATE"], name, arguments, stdin)


def answer(state_file, name, arguments, stdin, out=sys.stdout, err=sys.stderr):
    """What the program of this name does; gives its exit code."""
    Call.state_file, Call.out, Call.err = state_file, out, err
    before = read(state_file)
    state = Json.loads(before)
    write(beside("calls.jsonl"), Json.dumps({"program": name, "arguments": arguments, "stdin": stdin}) + "\n", "a")
    programs = {"docker": docker, "minikube": minikube, "kubectl": kubectl, "helm": helm, "kind": loader, "k3d": loader}
    code = programs[name](state, arguments, stdin)
    if state != Json.loads(before):
        save(state)
    return code


def beside(name):
    """A file beside the state file."""
    return f"{os.path.dirname(Call.state_file)}/{name}"  # noqa: PTH120 (pathlib takes longer than the whole call)


def docker(state, arguments, _stdin):
    if not state["docker"]:
        complain("Cannot connect to the Docker daemon at unix:///var/run/docker.sock.")
        return 1
    if state.get("docker_refuses"):
        complain("permission denied while trying to connect to the Docker daemon socket")
        return 1
    match arguments:
        case ["info", "--format", template]:
            known = {".ServerVersion": "27.5.1", ".DockerRootDir": ""}
            known |= {".NCPU": str(state.get("docker_cpus", 4))}
            known |= {".MemTotal": str(state.get("docker_memory", 8 * 2**30))}
            text, *fields = template.split("{{")
            say(text + "".join(known[name] + rest for name, _, rest in (field.partition("}}") for field in fields)))
        case ["image", "inspect", *_, reference]:
            if reference not in state["docker_images"]:
                complain(f"Error response from daemon: No such image: {reference}")
                return 1
            say("sha256:0")
        case ["buildx", "version"] if state.get("no_buildx"):
            complain("docker: 'buildx' is not a docker command.")
            return 1
        case ["buildx", "version"]:
            say("github.com/docker/buildx v0.29.1 a32761a")
        case ["build", *rest]:
            if state.get("build_fails"):
                say(state.get("build_says", '#9 ERROR: process "/bin/sh -c npm ci" did not complete: exit code: 1'))
                return 1
            if "--tag" in rest:
                state["docker_images"].append(rest[rest.index("--tag") + 1])
            else:
                folder = rest[rest.index("--output") + 1].partition("dest=")[2]
                image = rest[-1].rstrip("/").rpartition("/")[2]
                write(f"{folder}/{image}.cdx.json", '{"bomFormat": "CycloneDX"}')
        case ["save", reference]:
            say(reference)
        case ["tag", reference, name]:
            if reference not in state["docker_images"]:
                complain(f"Error response from daemon: No such image: {reference}")
                return 1
            state["docker_images"].append(name)
        case ["push", name]:
            say(f"The push refers to repository [{name.rpartition(':')[0]}]")
            if state.get("push_says"):
                complain(state["push_says"])
                return 1
            there = name in state.setdefault("registry", [])
            say(f"5f70bf18a086: {'Layer already exists' if there else 'Pushed'}")
            state["registry"].append(name)
        case ["port", name]:
            if state["minikube"] not in ("running", "paused", "broken") or name != state["context"]:
                complain(f"Error response from daemon: No such container: {name}")
                return 1
            say(state.get("published", ""))
        case ["rm", "-f", "-v", name]:
            if name == state["context"]:
                state["minikube"] = "absent"
        case ["history", *_]:
            say("\n".join(Json.dumps(entry) for entry in state["docker_history"]))
        case ["run", *_] if "docker_packages" not in state:
            complain('docker: Error response from daemon: exec: "python": executable file not found in $PATH')
            return 127
        case ["run", *_]:
            say(Json.dumps(state["docker_packages"]))
    return 0


def minikube(state, arguments, _stdin):
    if arguments[:1] == ["-p"]:
        arguments = arguments[2:]
    status = state["minikube"]
    match arguments:
        case ["version", *_]:
            say("v1.38.1")
        case ["status", *_]:
            if status == "absent":
                say('{"specversion":"1.0","type":"io.k8s.sigs.minikube.info","data":{"message":"Profile not found."}}')
            else:
                host, kubelet, api, kubeconfig = HOST[status]
                answer = {"Name": "todo-stack", "Host": host, "Kubelet": kubelet, "APIServer": api}
                say(Json.dumps(answer | {"Kubeconfig": kubeconfig, "Worker": False}), end="")
            return STATUS[status]
        case ["profile", "list", *_]:
            config = {"Config": state["profile"]} if state.get("profile") else {}
            name = {"running": "OK", "broken": "Unknown"}.get(status, status.title())
            valid = (
                []
                if status == "absent" or state.get("no_profile")
                else [{"Name": state["context"], "Status": name} | config]
            )
            say(Json.dumps({"invalid": [], "valid": valid}))
        case ["start", *rest]:
            if state["root"] and "--force" not in rest:
                say('X Exiting due to DRV_AS_ROOT: The "docker" driver should not be used with root privileges.')
                return 57
            if state.get("start_fails"):
                state["minikube"] = state.get("start_leaves", status)
                say(state.get("start_says", "X Exiting due to RUNTIME_ENABLE: Failed to enable container runtime"))
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
                complain(state.get("load_says", said))
        case ["image", "ls", *_]:
            if status == "running":
                say("\n".join(sorted(["registry.k8s.io/pause:3.10.1", *state["node_images"]], reverse=True)))
        case ["stop" | "delete"] if not state["docker"]:
            complain('X Exiting due to GUEST_STOP_TIMEOUT: Unable to stop VM: unknown state "todo-stack"')
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
        complain(state["load_says"])
        return 1
    state["node_images"].append(f"docker.io/library/{arguments[2]}")
    return 0


def kubectl(state, arguments, stdin):
    rest = [part for part in arguments if part not in ("--context", "--namespace")]
    if rest[:1] == ["version"]:
        say("Client Version: v1.34.1")
        return 0
    if rest[:1] == ["config"] and state.get("kubeconfig_says"):
        complain(state["kubeconfig_says"])
        return 1
    if rest[:2] == ["config", "get-contexts"]:
        say("\n".join(state.get("contexts", [state["context"]])))
        return 0
    if rest[:2] == ["config", "current-context"]:
        if state["context"] is None:
            complain("error: current-context is not set")
            return 1
        say(state["context"])
        return 0
    asked = arguments[arguments.index("--context") + 1] if "--context" in arguments else state["context"]
    if asked not in state.get("contexts", [state["context"]]):
        complain(f'error: context "{asked}" does not exist')
        return 1
    rest = [part for part in rest if part not in (state["context"], state["namespace_name"])] or rest
    if state["minikube"] != "running" or state.get("unreachable"):
        complain("The connection to the server was refused - did you specify the right host or port?")
        return 1
    if state.get("get_says") and rest[:2] == ["get", "deployments,pods"]:
        complain(state["get_says"])
        return 1
    match rest:
        case ["get", "--raw", "/readyz", *_]:
            say("ok")
        case ["version", "-o", "json"]:
            server = {"gitVersion": state.get("server", "v1.34.4")}
            say(Json.dumps({"clientVersion": {"gitVersion": "v1.34.1"}, "serverVersion": server}))
        case ["get", "namespace", *_]:
            if not state["namespace"]:
                return not_found("namespaces")
            labels = {"app.kubernetes.io/managed-by": "todo-cli"} if state["namespace"] == "ours" else {}
            say(Json.dumps({"metadata": {"labels": labels}}))
        case ["get", "secret", *_]:
            if state["secret"] is None:
                return not_found("secrets")
            say(Json.dumps(state["secret"]))
        case ["apply", *_] if state.get("apply_says"):
            complain(state["apply_says"])
            return 1
        case ["apply", *_]:
            manifest = Json.loads(stdin)
            if manifest["kind"] == "Namespace":
                state["namespace"] = "ours"
            else:
                state["secret"] = manifest
        case ["get", "deployments,pods", *_]:
            say(Json.dumps({"items": state["objects"] if state["release"] else []}))
        case ["get", "pods", *_] if "--all-namespaces" in rest:
            say(Json.dumps({"items": state.get("pods", [])}))
        case ["get", "pods", *_]:
            pods = [one for one in state["objects"] if one["kind"] == "Pod"]
            say(Json.dumps({"items": pods if state["release"] else []}))
        case ["get", "deployment", name, *_] if name.endswith("-database"):
            if state.get("deployment_says"):
                complain(state["deployment_says"])
                return 1
            if state["database"] is None or not state["release"]:
                return 0 if "--ignore-not-found" in rest else not_found("deployments.apps")
            say(Json.dumps({"status": {"readyReplicas": 1}}))
        case ["exec", *_] if state.get("exec_says"):
            complain(state["exec_says"])
            return 1
        case ["exec", deployment, *_] if deployment.endswith("-frontend"):
            say("\n".join(state["frontend_says"]))
            complain("" if state["frontend_says"] else "the database is away")
            return state.get("frontend_exits", 0)
        case ["exec", *_]:
            return database(state, rest[-1], stdin)
        case ["logs", *options] if "--follow" in options:
            follow(state)
        case ["logs", *_]:
            say("\n".join(state.get("logs", [])))
        case ["delete", "secret", *_]:
            state["secret"] = None
        case ["delete", "namespace", *_]:
            state["namespace"] = None
        case ["get", "events", *_]:
            say(Json.dumps({"items": state["events"]}))
        case ["get", "nodes", *_]:
            say(Json.dumps({"items": state.get("nodes", [])}))
        case ["get", *_]:
            say(Json.dumps({"items": []}))
    return 0


def follow(state):
    """The next of the state's streams: its lines, then what the cluster runs; it ends at once or goes on silently."""
    # A test that waits for more than there is must end.
    stream = (
        state["streams"].pop(0) if state["streams"] else {"lines": ["[pod/no/stream] 9999-01-01T00:00:00.0Z is left"]}
    )
    say("\n".join(stream["lines"]))
    Call.out.flush()
    state["objects"] = stream.get("objects", state["objects"])
    save(state)
    if not stream.get("ends"):
        time.sleep(600)


def save(state):
    """Whole or not at all: others may read it meanwhile."""
    new = beside(f"state-{os.getpid()}.json")
    write(new, Json.dumps(state))
    os.replace(new, Call.state_file)  # noqa: PTH105


def database(state, script, stdin):
    if "pg_dump" in script:
        say(f"-- {state['database']} users")
    elif "to_regclass" in stdin:
        say("t")
    elif "count(*)" in stdin:
        say(state["database"])
    else:
        state["database"] = int(stdin.partition(" users")[0].rpartition("-- ")[2])
    return 0


def helm(state, arguments, stdin):
    match [part for part in arguments if part not in ("--kube-context", "--namespace")]:
        case ["version", *_]:
            say("v3.17.3+ge4da497")
        case [_, _, "status", *_]:
            if state.get("helm_status_says"):
                complain(state["helm_status_says"])
                return 1
            if state["release"] is None:
                complain("Error: release: not found")
                return 1
            say(Json.dumps({"info": state["release"]}))
        case [_, _, "upgrade", *rest]:
            if state["release"] and state["release"]["status"].startswith("pending"):
                complain("Error: UPGRADE FAILED: another operation (install/upgrade/rollback) is in progress")
                return 1
            if state["release"] and state["release"]["status"] == "uninstalling":
                complain('Error: UPGRADE FAILED: "todo-stack" has no deployed releases')
                return 1
            if state.get("helm_says"):
                complain(state["helm_says"])
                return 1
            description = rest[rest.index("--description") + 1]
            state["release"] = {"status": "deployed", "description": description, "values": Json.loads(stdin)}
            state["installs"] += 1
        case [_, _, "show", "values", *_]:
            say(Json.dumps(state["chart_values"]))
        case [_, _, "get", "values", *_]:
            if state["release"] is None:
                complain("Error: release: not found")
                return 1
            say(Json.dumps(state["release"].get("values")))
        case [_, _, "rollback", *_]:
            state["release"]["status"] = "deployed"
        case [_, _, "uninstall", *_]:
            state["release"] = None
            state["database"] = 0 if state["database"] is not None else None
    return 0


def not_found(kind):
    complain(f'Error from server (NotFound): {kind} "x" not found')
    return 1
