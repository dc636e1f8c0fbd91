"""Pods: restricted, probed, replaced without a gap, and configured."""

import pytest
from conftest import DEMO, EXISTING, GIVEN, Chart, Object, containers, environment, merged

PODS = ("backend", "frontend", "database", "smoke")


@pytest.mark.parametrize("tier", PODS)
def test_pods_meet_the_restricted_standard(chart: Chart, tier: str) -> None:
    pod = chart.render(DEMO).pod(tier)
    assert pod["automountServiceAccountToken"] is False
    assert pod["enableServiceLinks"] is False
    security = pod["securityContext"]
    assert security["runAsNonRoot"] is True
    assert isinstance(security["runAsUser"], int)
    assert security["runAsUser"] > 0
    assert security["seccompProfile"] == {"type": "RuntimeDefault"}
    for container in containers(pod):
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }
        assert container["terminationMessagePolicy"] == "FallbackToLogsOnError"
        assert {m["mountPath"] for m in container["volumeMounts"]} >= {"/tmp"}
    assert all(volume.keys() == {"name", "emptyDir"} for volume in pod["volumes"]), "only scratch space"


@pytest.mark.parametrize("tier", PODS)
def test_every_container_has_resources_and_no_cpu_limit(chart: Chart, tier: str) -> None:
    for container in containers(chart.render(DEMO).pod(tier)):
        assert container["resources"]["requests"].keys() == {"cpu", "memory"}
        assert container["resources"]["limits"].keys() == {"memory"}


@pytest.mark.parametrize(("tier", "gone"), [("backend", 10), ("frontend", 22)])  # the only frontend is not given up soon
def test_probes(chart: Chart, tier: str, gone: int) -> None:
    container = chart.render(EXISTING).pod(tier)["containers"][0]
    assert container["startupProbe"]["httpGet"] == {"path": "/health/live", "port": "http"}
    assert container["livenessProbe"]["httpGet"] == {"path": "/health/live", "port": "http"}
    assert container["livenessProbe"]["terminationGracePeriodSeconds"] <= 5, "a hung pod is not waited for"
    ready = container["readinessProbe"]
    assert ready["httpGet"] == {"path": "/health/ready", "port": "http"}
    assert "initialDelaySeconds" not in ready
    assert ready["timeoutSeconds"] >= 4, "a database that wakes up takes seconds"
    # A pod that hangs right after an answer: a period until it is asked again, then that many times unanswered.
    assert ready["periodSeconds"] + ready["timeoutSeconds"] * ready["failureThreshold"] < gone, "a hung pod leaves"
    assert ready["timeoutSeconds"] * ready["failureThreshold"] >= 8, "a database that wakes up in 6 s is no reason"


def test_probes_can_be_changed_one_field_at_a_time(chart: Chart) -> None:
    container = chart.render(EXISTING, "--set", "backend.probes.readiness.timeoutSeconds=9").pod("backend")
    probe = container["containers"][0]["readinessProbe"]
    assert (probe["timeoutSeconds"], probe["periodSeconds"]) == (9, 1)


def test_backend_replicas_and_their_protection(chart: Chart) -> None:
    rendered = chart.render(EXISTING)
    assert rendered.one("Deployment", "todo-stack-backend")["spec"]["replicas"] == 2
    assert rendered.one("PodDisruptionBudget", "todo-stack-backend")["spec"]["maxUnavailable"] == 1
    assert rendered.one("Deployment", "todo-stack-frontend")["spec"]["replicas"] == 1
    assert "PodDisruptionBudget/todo-stack-frontend" not in rendered.names(), "one pod must stay evictable"
    two = chart.render(EXISTING, "--set", "frontend.replicas=2")
    assert "PodDisruptionBudget/todo-stack-frontend" in two.names()
    without = chart.render(EXISTING, "--set", "podDisruptionBudget.enabled=false,frontend.replicas=2")
    assert not [o for o in without if o["kind"] == "PodDisruptionBudget"]


@pytest.mark.parametrize("tier", ["backend", "frontend"])
def test_rollouts_never_go_below_the_wanted_replicas(chart: Chart, tier: str) -> None:
    spec = chart.render(EXISTING).one("Deployment", f"todo-stack-{tier}")["spec"]
    assert spec["strategy"] == {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}}
    (spread,) = spec["template"]["spec"]["topologySpreadConstraints"]
    assert spread["whenUnsatisfiable"] == "ScheduleAnyway"


def test_a_node_without_room_for_one_pod_more_can_do_without(chart: Chart) -> None:
    rendered = chart.render(EXISTING, "--set", "backend.rollout.maxSurge=0,backend.rollout.maxUnavailable=1")
    strategy = rendered.one("Deployment", "todo-stack-backend")["spec"]["strategy"]
    assert strategy["rollingUpdate"] == {"maxSurge": 0, "maxUnavailable": 1}


@pytest.mark.parametrize("tier", ["backend", "frontend"])
@pytest.mark.parametrize(("surge", "unavailable"), [(0, 0), ("0%", 0), (0, "0%")])
def test_a_rollout_that_could_replace_no_pod_is_refused(
    chart: Chart, tier: str, surge: int | str, unavailable: int | str
) -> None:
    rollout = {"maxSurge": surge, "maxUnavailable": unavailable}
    refused = chart.refusal(merged(EXISTING, {tier: {"rollout": rollout}}))
    assert f"{tier}.rollout: maxSurge and maxUnavailable are both 0" in refused


@pytest.mark.parametrize(("drain", "shutdown"), [(5, 25), (0, 10), (12, 60)])
def test_the_grace_period_covers_draining_and_shutdown(chart: Chart, drain: int, shutdown: int) -> None:
    settings = {"drainSeconds": drain, "shutdownTimeoutSeconds": shutdown}
    rendered = chart.render(merged(EXISTING, {"backend": settings, "frontend": settings}))
    for tier in ("backend", "frontend"):
        assert drain + shutdown < rendered.pod(tier)["terminationGracePeriodSeconds"] <= drain + shutdown + 5
    variables = environment(rendered.pod("backend")["containers"][0])
    assert (variables["DRAIN_SECONDS"], variables["SHUTDOWN_TIMEOUT_SECONDS"]) == (str(drain), str(shutdown))


@pytest.mark.parametrize(("version", "hook"), [("1.29", "exec"), ("1.30", "sleep"), ("1.34", "sleep")])
def test_the_frontend_serves_until_the_cluster_knows(chart: Chart, version: str, hook: str) -> None:
    container = chart.render(EXISTING, "--kube-version", version).pod("frontend")["containers"][0]
    assert container["lifecycle"]["preStop"].keys() == {hook}
    assert "5" in str(container["lifecycle"])


@pytest.mark.parametrize("version", ["1.28", "1.34"])
def test_without_a_drain_there_is_no_hook(chart: Chart, version: str) -> None:
    """Kubernetes before 1.33 refuses to sleep for no time."""
    options = ["--kube-version", version, "--set", "frontend.drainSeconds=0"]
    assert "lifecycle" not in chart.render(EXISTING, *options).pod("frontend")["containers"][0]


def test_migrate_runs_first_from_the_same_image(chart: Chart) -> None:
    pod = chart.render(EXISTING, "--set-string", "backend.image.tag=abc").pod("backend")
    (migrate,) = pod["initContainers"]
    assert migrate["command"] == ["python", "-m", "todo_backend", "migrate"]
    assert migrate["image"] == pod["containers"][0]["image"] == "todo-backend:abc"
    assert environment(migrate)["MIGRATE_TIMEOUT_SECONDS"] == "120"


def test_images_by_tag_and_digest(chart: Chart) -> None:
    digest = "sha256:" + "0" * 64
    pod = chart.render(EXISTING, "--set", f"backend.image.digest={digest},backend.image.repository=host:5000/b").pod
    assert pod("backend")["containers"][0]["image"] == f"host:5000/b@{digest}"
    assert pod("frontend")["containers"][0]["image"].startswith("todo-frontend:0.")


def test_configuration_of_the_backend(chart: Chart) -> None:
    values = {"provider": "openai", "model": "llama3", "baseUrl": "http://ollama:11434/v1"}
    variables = environment(chart.render(merged(GIVEN, {"assistant": values})).pod("backend")["containers"][0])
    assert variables["AUTH_JWKS_URL"] == "http://todo-stack-frontend:3000/api/auth/jwks"
    assert variables["ASSISTANT_PROVIDER"] == "openai"
    assert variables["OPENAI_MODEL"] == "llama3"
    assert variables["OPENAI_BASE_URL"] == "http://ollama:11434/v1"
    assert variables["POD_NAME"] == {"fieldRef": {"fieldPath": "metadata.name"}}


def test_configuration_of_the_frontend(chart: Chart) -> None:
    frontend = {"publicUrl": "https://todo.example.com", "signUp": "closed", "trustedProxies": 2}
    values = {"chat": {"ui": "builtin"}, "frontend": frontend}
    variables = environment(chart.render(merged(GIVEN, values)).pod("frontend")["containers"][0])
    assert variables["BACKEND_URL"] == "http://todo-stack-backend:8000"
    assert variables["HOSTNAME"] == "0.0.0.0"
    assert variables["CHAT_UI"] == "builtin"
    assert variables["PUBLIC_URL"] == "https://todo.example.com"
    assert variables["SIGN_UP"] == "closed"
    assert variables["TRUSTED_PROXIES"] == "2"
    unset = environment(chart.render(GIVEN).pod("frontend")["containers"][0])
    assert not {"PUBLIC_URL", "SIGN_UP"} & unset.keys()  # the frontend chooses: by whether mails are sent


def test_addresses_follow_the_service_ports(chart: Chart) -> None:
    rendered = chart.render(EXISTING, "--set", "backend.service.port=81,frontend.service.port=80")
    assert environment(rendered.pod("frontend")["containers"][0])["BACKEND_URL"].endswith("-backend:81")
    assert "-frontend:80/" in environment(rendered.pod("backend")["containers"][0])["AUTH_JWKS_URL"]


def test_more_variables_reach_the_containers(chart: Chart) -> None:
    reference = {"valueFrom": {"configMapKeyRef": {"name": "c", "key": "k"}}}
    env = {"HOST": "::", "LIMIT": 3000000, "FLAG": True, "OTHER": reference}
    pod = chart.render(merged(EXISTING, {"backend": {"env": env}})).pod("backend")
    for container in containers(pod):
        variables = environment(container)
        assert variables["HOST"] == "::"
        assert variables["LIMIT"] == "3000000"
        assert variables["FLAG"] == "true"
        assert variables["OTHER"] == reference["valueFrom"]


@pytest.mark.parametrize(
    ("tier", "name"),
    [("backend", "DATABASE_URL"), ("backend", "DATABASE_URL_FILE"), ("backend", "PORT"), ("frontend", "BACKEND_URL")],
)
def test_a_variable_of_the_chart_cannot_be_given_again(chart: Chart, tier: str, name: str) -> None:
    assert f"{tier}.env.{name}" in chart.refusal(merged(EXISTING, {tier: {"env": {name: "x"}}}))


def test_the_demo_database_is_throw_away(chart: Chart) -> None:
    rendered = chart.render(DEMO)
    deployment = rendered.one("Deployment", "todo-stack-database")["spec"]
    assert deployment["strategy"] == {"type": "Recreate"}
    (container,) = deployment["template"]["spec"]["containers"]
    assert container["image"] == "postgres:17"
    assert container["imagePullPolicy"] == "IfNotPresent"
    data = environment(container)["PGDATA"]
    assert any(data.startswith(f"{m['mountPath']}/") for m in container["volumeMounts"])
    assert {"startupProbe", "readinessProbe", "livenessProbe"} <= container.keys()
    assert rendered.one("Service", "todo-stack-database")["spec"]["ports"][0]["port"] == 5432
    assert "Deployment/todo-stack-database" not in chart.render(GIVEN).names()


def _ingress(chart: Chart, **values: object) -> Object:
    return chart.render(merged(EXISTING, {"ingress": {"enabled": True, **values}})).one(
        "Ingress", "todo-stack-frontend"
    )


def test_ingress_sends_everything_to_the_frontend(chart: Chart) -> None:
    ingress = _ingress(chart, host="todo.example.com", className="nginx", annotations={"a/b": "c"})
    assert ingress["spec"]["ingressClassName"] == "nginx"
    (rule,) = ingress["spec"]["rules"]
    assert rule["host"] == "todo.example.com"
    (path,) = rule["http"]["paths"]
    assert (path["path"], path["pathType"]) == ("/", "Prefix")
    assert path["backend"] == {"service": {"name": "todo-stack-frontend", "port": {"name": "http"}}}
    assert ingress["metadata"]["annotations"]["a/b"] == "c"
    assert "tls" not in ingress["spec"]


def test_ingress_with_a_certificate(chart: Chart) -> None:
    ingress = _ingress(chart, host="todo.example.com", tlsSecretName="cert")
    assert ingress["spec"]["tls"] == [{"hosts": ["todo.example.com"], "secretName": "cert"}]
    refused = chart.refusal(merged(EXISTING, {"ingress": {"enabled": True, "tlsSecretName": "cert"}}))
    assert "ingress.host" in refused


def test_pods_go_where_they_are_told(chart: Chart) -> None:
    where = {
        "priorityClassName": "important",
        "nodeSelector": {"disk": "ssd"},
        "tolerations": [{"key": "dedicated", "operator": "Exists"}],
        "affinity": {"podAntiAffinity": {}},
    }
    rendered = chart.render(merged(EXISTING, {"backend": where, "serviceAccountName": "todo"}))
    for tier in ("backend", "smoke"):
        pod = rendered.pod(tier)
        assert {name: pod[name] for name in where} == where
        assert pod["serviceAccountName"] == "todo"
    assert not where.keys() & rendered.pod("frontend").keys()


@pytest.mark.parametrize("tier", ["backend", "frontend"])
def test_more_volumes_reach_the_containers(chart: Chart, tier: str) -> None:
    volume = {"name": "ca", "configMap": {"name": "ca"}}
    mount = {"name": "ca", "mountPath": "/etc/ca", "readOnly": True}
    pod = chart.render(merged(EXISTING, {tier: {"volumes": [volume], "volumeMounts": [mount]}})).pod(tier)
    assert volume in pod["volumes"]
    assert all(mount in container["volumeMounts"] for container in containers(pod))
    assert "name" in chart.refusal(merged(EXISTING, {tier: {"volumes": [{"name": "tmp", "emptyDir": {}}]}}))


def test_helm_test_runs_the_smoke_test_of_the_backend_image(chart: Chart) -> None:
    rendered = chart.render(EXISTING, "--set", "backend.replicas=3,frontend.service.port=80,backend.image.tag=abc")
    item = rendered.one("Pod", "todo-stack-smoke")
    assert item["metadata"]["annotations"]["helm.sh/hook"] == "test"
    assert item["metadata"]["annotations"]["helm.sh/hook-delete-policy"] == "before-hook-creation,hook-succeeded"
    assert item["spec"]["restartPolicy"] == "Never"
    assert item["spec"]["activeDeadlineSeconds"] == 600
    (container,) = item["spec"]["containers"]
    assert container["image"] == "todo-backend:abc"
    assert container["command"] == ["python", "-m", "todo_backend", "smoke"]
    variables = {"SMOKE_URL": "http://todo-stack-frontend:80", "SMOKE_REPLICAS": "3"}
    assert environment(container) == variables
    public = chart.render(EXISTING, "--set", "frontend.publicUrl=https://todo.example.com").pod("smoke")
    assert environment(public["containers"][0])["SMOKE_ORIGIN"] == "https://todo.example.com"


def test_kagent_finds_the_operations_tools(chart: Chart) -> None:
    assert "OPS_MCP_ENABLED" not in environment(chart.render(EXISTING).pod("backend")["containers"][0])
    rendered = chart.render(EXISTING, "--set", "aiops.kagent.enabled=true")
    service = rendered.one("Service", "todo-stack-ops")
    assert service["metadata"]["labels"]["kagent.dev/mcp-service"] == "true"
    assert service["metadata"]["annotations"]["kagent.dev/mcp-service-path"] == "/ops/mcp"
    assert service["spec"].keys() == {"type", "ports", "selector"}, "one address, which leads to ready pods alone"
    (port,) = service["spec"]["ports"]
    assert (port["name"], port["port"], port["appProtocol"]) == ("mcp", 8000, "mcp")
    assert environment(rendered.pod("backend")["containers"][0])["OPS_MCP_ENABLED"] == "true"


def test_the_frontend_finds_each_backend_pod_that_is_ready(chart: Chart) -> None:
    rendered = chart.render(GIVEN, "--set", "backend.service.port=81")
    service = rendered.one("Service", "todo-stack-replicas")
    assert service["spec"]["clusterIP"] == "None"
    assert "publishNotReadyAddresses" not in service["spec"]
    assert service["spec"]["selector"] == rendered.one("Service", "todo-stack-backend")["spec"]["selector"]
    variables = environment(rendered.pod("frontend")["containers"][0])
    assert variables["BACKEND_PODS_URL"] == "http://todo-stack-replicas:8000", "the pods' own port"


def test_the_backend_s_pods_find_each_other_and_kagent_does_not_see_how(chart: Chart) -> None:
    rendered = chart.render(EXISTING, "--set", "aiops.kagent.enabled=true")
    service = rendered.one("Service", "todo-stack-peers")
    assert service["spec"]["clusterIP"] == "None"
    assert service["spec"]["publishNotReadyAddresses"] is True
    assert not [label for label in service["metadata"]["labels"] if label.startswith("kagent.dev/")]
    assert environment(rendered.pod("backend")["containers"][0])["OPS_PEERS"] == "todo-stack-peers:8000"


def test_the_backend_makes_the_tables_of_a_new_demo_database(chart: Chart) -> None:
    assert environment(chart.render(DEMO).pod("backend")["containers"][0])["MIGRATE_EMPTY_DATABASE"] == "true"
    assert "MIGRATE_EMPTY_DATABASE" not in environment(chart.render(GIVEN).pod("backend")["containers"][0])
