"""What the Minikube and Kubernetes engines share: images, Secret, Helm release, waiting, the way in."""

import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from todo_cli import health, ports, supervisor
from todo_cli.cluster import demo_database, release
from todo_cli.cluster.chart_values import lay_over
from todo_cli.cluster.components import components, wait_ready
from todo_cli.cluster.pod_logs import pod_logs
from todo_cli.cluster.shortage import described, find_shortages
from todo_cli.engines.base import COMMAND_SECONDS, WITHOUT_CLUSTER, Code, EngineName, UnreachableReason
from todo_cli.engines.registry import push
from todo_cli.errors import Problem
from todo_cli.images import Image, build, images_of
from todo_cli.kube.cluster import Cluster, Json
from todo_cli.kube.docker import buildx_problem, docker_problem, in_docker
from todo_cli.layout import Layout
from todo_cli.loglines import LogLine
from todo_cli.programs import Result
from todo_cli.progress import Step, Steps, busy
from todo_cli.settings import Settings
from todo_cli.stack_status import Component, StackStatus
from todo_cli.state import ProcessRecord, RunState, load_state, save_state
from todo_cli.supervisor import ProcessSpec

FORWARD = "port-forward"
DEMO_IMAGE = "postgres:17"
PAGE_SECONDS = 30
NODE_PORT_SECONDS = 3  # kube-proxy and Docker's proxy may be so much later than the pods
LOOK_SECONDS = 0.3


class Target(Protocol):
    """A cluster to deploy to: how it is reached, and how images get there."""

    name: EngineName
    namespace: str

    @property
    def where(self) -> str:
        """The cluster in words."""

    def prepare(self, steps: Steps) -> Cluster:
        """Make sure that the cluster is there and answers."""

    def rollback(self, steps: Steps, *, data: bool) -> list[str] | None:
        """Stop the cluster if `prepare` started it, and with `data` delete it if it made it; None when it did not."""

    def attach(self) -> Cluster | None:
        """The cluster as it is now; None when it does not answer."""

    def holds_port(self, port: int) -> bool:
        """Is it the cluster itself that listens on this port of localhost?"""

    def has_image(self, cluster: Cluster, reference: str) -> bool:
        """Is the image in the cluster already?"""

    def load_image(self, cluster: Cluster, reference: str, step: Step) -> None:
        """Bring the image from Docker into the cluster. Raises Problem unless it is there afterwards."""

    def remove(self, steps: Steps, *, data: bool) -> list[str] | None:
        """Take the whole cluster down if it is ours; None when it is not, so that only our release goes."""

    def unreachable_reason(self) -> UnreachableReason:
        """Why the cluster does not answer; asked when `attach` gave none."""

    def record(self, state: RunState) -> None:
        """Write into the state what finds this target again."""


class ClusterEngine:
    """Runs the stack on a Kubernetes cluster by our Helm chart."""

    def __init__(
        self,
        layout: Layout,
        settings: Settings,
        target: Target,
        *,
        chart_environment: str = "local",
        registry: str | None = None,
        timeout: int = 300,
    ) -> None:
        self.layout = layout
        self.settings = settings
        self.target = target
        self.chart_environment = chart_environment
        self.registry = registry
        self.timeout = timeout
        self.chart_values: dict[str, str] = {}
        self._cluster: Cluster | None = None
        self._release_is_new = False
        self._namespace_is_new = False

    def up(self, steps: Steps) -> list[str]:
        """Bring the stack up, changing only what changed. A cut-off run is picked up by the next one.

        Interrupted, or without a cluster in the end, a stack that was not up before is rolled back.
        """
        self._check_database_address()
        before = load_state(self.layout)
        with steps.step("Docker") as step:
            otherwise = "" if before.is_up else WITHOUT_CLUSTER
            if problem := docker_problem(otherwise) or self._build_problem(otherwise):
                raise problem
            step.done("answers")
        # On record before anything starts, so that `down` finds it however this run ends.
        state = replace(before, engine=self.target.name, is_up=True, processes=dict(before.processes))
        state.namespace, state.registry = self.target.namespace, self.registry
        state.chart_environment = self.chart_environment
        self.target.record(state)
        save_state(self.layout, state)
        try:
            self._cluster = self.target.prepare(steps)
            return self._deploy(steps, self._cluster, state)
        except Problem:
            if self._cluster is None and not before.is_up:
                self._rollback(steps, before, data=False)
            elif not before.is_up:
                _say(steps, "What is there stays: ./todo up goes on with it, ./todo down takes it down.")
            raise
        except (KeyboardInterrupt, SystemExit):
            if before.is_up:
                _say(steps, "The stack stays as far as it came: ./todo up goes on, ./todo down takes it down.")
            else:
                self._rollback(steps, before, data=True)
            raise

    def _deploy(self, steps: Steps, cluster: Cluster, state: RunState) -> list[str]:
        state.context = cluster.context
        save_state(self.layout, state)
        self._release_is_new = not release.release_exists(cluster)
        images = {image.tier: self._bring_image(steps, cluster, image) for image in images_of(self.layout)}
        secrets = release.secret_values(self.layout, self.settings)
        if "DATABASE_URL" not in secrets:
            self._bring_demo_image(steps, cluster)
        with steps.step("Namespace and Secret") as step:
            self._namespace_is_new = release.ensure_namespace(cluster)
            outcome = release.ensure_secret(cluster, secrets)
            step.done(outcome)
        values = release.values_to_install(
            self.settings, secrets, images, chart_environment=self.chart_environment, port=self.layout.port
        )
        if state.backend_replicas is not None:
            values["backend"]["replicas"] = state.backend_replicas
        values = lay_over(values, self.chart_values)
        if self._release_is_new:
            self._warn_of_shortages(steps, cluster, values)
        with steps.step("Helm release") as step:
            installed = self._ensure_release(cluster, state, values)
            state.chart_values = self.chart_values  # only what the chart took
            save_state(self.layout, state)
            if outcome == "repaired":  # pods may have started with what it held meanwhile
                release.restart(cluster)
            changed = "installed" if self._release_is_new else "upgraded"
            step.done(changed if installed else "restarted" if outcome == "repaired" else "unchanged")
        with steps.step("Pods ready") as step:
            wait_ready(cluster, self.timeout, step)
            step.done("")
        remarks = self._restore(steps, cluster)
        return remarks + self._expose_frontend(steps, cluster, state)

    def down(self, steps: Steps, *, data: bool) -> list[str]:
        """Take down what `up` made; the demo database's content is saved first, unless `data`."""
        state = load_state(self.layout)
        done: list[str] = []
        if self._stop_forward(state):
            done.append("port-forward stopped")
        with busy(f"looking for {self.target.where}"):
            cluster = self.target.attach()
        if cluster is not None and not data:
            done += self._save_demo(steps, cluster)
        if data and demo_database.dump_file(self.layout).exists():
            demo_database.dump_file(self.layout).unlink()
            done.append("the saved copy of the demo database deleted")
        removed = self.target.remove(steps, data=data)
        if removed is None:
            removed = self._uninstall(steps, cluster, data=data)
        state.is_up, state.backend_replicas, state.chart_values = False, None, {}
        save_state(self.layout, state)
        return done + removed

    def forget(self) -> list[str]:
        """Take a stack whose cluster is lost off the record, asking nothing of the cluster; returns it in words.

        Raises Problem while the cluster answers.
        """
        if self.target.attach() is not None:
            raise Problem(f"{self.target.where} answers, so there is nothing to forget", fix="./todo down")
        state = load_state(self.layout)
        self._stop_forward(state)
        state.is_up, state.backend_replicas = False, None
        save_state(self.layout, state)
        return [f"{self.target.where} forgotten; what may still be in it was not touched"]

    def _rollback(self, steps: Steps, before: RunState, *, data: bool) -> None:
        """Undo what this run made, with `data` for good, and say what became of it."""
        try:
            state = load_state(self.layout)
            self._stop_forward(state)
            undone = self.target.rollback(steps, data=data)
            if undone is None and self._cluster is not None and self._release_is_new:
                undone = self._uninstall(steps, self._cluster, data=self._namespace_is_new)
                state.helm_at_work = False
        except (Problem, KeyboardInterrupt, SystemExit) as error:
            _say(steps, f"Not all of it is rolled back ({error or 'interrupted'}): ./todo down does the rest.")
            return
        save_state(self.layout, replace(before, helm_at_work=state.helm_at_work, processes=state.processes))
        for line in undone or []:
            _say(steps, f"Rolled back: {line}")

    def status(self) -> StackStatus:
        """Look at the release as it is now."""
        cluster = self.target.attach()
        if cluster is None:
            found: list[Component] = []
            if load_state(self.layout).is_up:
                why = self.target.unreachable_reason()
                found = [Component("cluster", 1, 0, reason=why.text, code=why.code, fix=why.fix)]
            return StackStatus(self.target.name, self.target.where, self.layout.address, found)
        addresses = {
            "frontend": self.layout.address,
            "backend": f"{cluster.release}-backend:8000 (in the cluster)",
            "database": f"{cluster.release}-database:5432 (in the cluster)",
        }
        found = components(cluster, addresses)
        record = load_state(self.layout).processes.get(FORWARD)
        if found and record is not None:
            found.append(self._forward_status(record))
        return StackStatus(self.target.name, self.target.where, self.layout.address, found)

    def _forward_status(self, record: ProcessRecord) -> Component:
        if supervisor.alive(record):
            return Component(FORWARD, 1, 1, age_seconds=supervisor.age(record), address=self.layout.address)
        why = supervisor.why_ended(record)
        address = self.layout.address
        return Component(FORWARD, 1, 0, address=address, reason=why, code=Code.PORT_FORWARD_ENDED, fix="./todo up")

    def attached(self) -> Cluster:
        """The cluster as it is now. Raises Problem when it does not answer."""
        cluster = self.target.attach()
        if cluster is None:
            why = self.target.unreachable_reason()
            raise Problem(f"{self.target.where} does not answer", details=[why.text], fix=why.fix)
        return cluster

    def upgrade(self, cluster: Cluster, values: Json) -> bool:
        """Upgrade the release that runs to these values of the chart."""
        return self._ensure_release(cluster, load_state(self.layout), values)

    def scale(self, replicas: int, steps: Steps) -> None:
        """Run so many backend replicas, by the chart's value, until `down`; wait until every one serves."""
        with busy(f"looking for {self.target.where}"):
            cluster = self.attached()
        with steps.step("Helm release") as step:
            values = release.values_of(cluster)
            values.setdefault("backend", {})["replicas"] = replicas
            state = load_state(self.layout)
            changed = self._ensure_release(cluster, state, values)
            state.backend_replicas = replicas
            save_state(self.layout, state)
            step.done(f"backend.replicas={replicas}" if changed else "unchanged")
        with steps.step("Pods ready") as step:
            wait_ready(cluster, self.timeout, step)
            step.done("")
        with steps.step("Every replica serves") as step:
            step.done(", ".join(health.replicas(self.layout.address, replicas, timeout=PAGE_SECONDS)))

    def logs(self, components: Sequence[str], *, follow: bool, whole: bool = False) -> Iterator[LogLine]:
        """The pods' logs by kubectl: what there is, by time, then what comes."""
        cluster = self.attached()
        selector = cluster.ours
        if components:
            selector += f",app.kubernetes.io/component in ({','.join(components)})"
        yield from pod_logs(cluster, selector, follow=follow, whole=whole)

    def run_in_frontend(self, *arguments: str) -> Result:
        """Run a command of the frontend's own in one of its pods."""
        cluster = self.attached()
        pod = (f"deployment/{cluster.release}-frontend", "--container", "frontend")
        return cluster.kubectl(
            "exec", *pod, "--", "node", "server.js", *arguments, check=False, timeout=COMMAND_SECONDS
        )

    def _uninstall(self, steps: Steps, cluster: Cluster | None, *, data: bool) -> list[str]:
        if cluster is None:
            reason = self.target.unreachable_reason()
            if reason.is_certain:
                return [f"{self.target.where} is gone, and the release with it"]
            then = "" if reason.code is Code.CLUSTER_GONE else "; then ./todo down again"
            raise Problem(f"{self.target.where} does not answer", details=[reason.text], fix=f"{reason.fix}{then}")
        with steps.step("Uninstall") as step:
            removed = release.uninstall(cluster)
            if data and release.delete_namespace(cluster):
                removed.append(f"namespace {cluster.namespace} deleted")
            step.done("")
        return removed

    def _warn_of_shortages(self, steps: Steps, cluster: Cluster, values: Json) -> None:
        """Say what the pods will wait for; what finds room serves meanwhile, so nothing is refused."""
        if shortages := find_shortages(cluster, self.layout.chart, values):
            text, fix = described(shortages)
            _say(steps, f"warning: not every pod will find room. {text}\n  fix: {fix}")

    def _build_problem(self, otherwise: str) -> Problem | None:
        """None when Docker can build, or has nothing to build: said before a cluster is started for it."""
        if all(in_docker(image.reference) for image in images_of(self.layout)):
            return None
        return buildx_problem(otherwise)

    def _bring_image(self, steps: Steps, cluster: Cluster, image: Image) -> Json:
        """Build the image and bring it to where the cluster takes it from; returns the chart's value for it."""
        with steps.step(f"{image.tier.capitalize()} image") as step:
            reference = image.reference
            built = build(image, self.layout, step)
            repository, _, tag = reference.partition(":")
            value = {"repository": repository, "tag": tag}
            if self.registry:
                value |= {"repository": f"{self.registry}/{repository}", "pullPolicy": "IfNotPresent"}
                reference, brought, how = f"{self.registry}/{reference}", self._push(reference, step), "pushed"
            else:
                brought, how = self._load(cluster, reference, step), "loaded"
            words = [word for word, true in (("built", built), (how, brought)) if true]
            step.done(f"{reference} {' and '.join(words) or 'unchanged'}")
            return value

    def _push(self, reference: str, step: Step) -> bool:
        assert self.registry is not None
        return push(self.registry, reference, self.layout, step)

    def _load(self, cluster: Cluster, reference: str, step: Step) -> bool:
        if self.target.has_image(cluster, reference):
            return False
        step.note("loading into the cluster")
        self.target.load_image(cluster, reference, step)
        return True

    def _bring_demo_image(self, steps: Steps, cluster: Cluster) -> None:
        """Save the cluster a download when Docker has the demo database's image; else it pulls it itself."""
        if self.registry or self.target.has_image(cluster, DEMO_IMAGE) or not in_docker(DEMO_IMAGE):
            return
        with steps.step("Demo database image") as step:
            self.target.load_image(cluster, DEMO_IMAGE, step)
            step.done("loaded")

    def _restore(self, steps: Steps, cluster: Cluster) -> list[str]:
        if not demo_database.dump_file(self.layout).exists():
            return []
        with steps.step("Demo database content") as step:
            if not demo_database.restore(cluster, self.layout):
                step.done("it has its own")
                return []
            wait_ready(cluster, self.timeout, step)
            step.done("restored")
        return ["The demo database holds again what it held at the last ./todo down."]

    def _save_demo(self, steps: Steps, cluster: Cluster) -> list[str]:
        with steps.step("Save the demo database") as step:
            file = demo_database.save(cluster, self.layout)
            step.done("saved" if file else "nothing to save")
        if file is None:
            return []
        return [f"the demo database's content kept in {file}; ./todo up --engine {self.target.name} brings it back"]

    def _ensure_release(self, cluster: Cluster, state: RunState, values: Json) -> bool:
        """Install or upgrade; that helm is at work is on record, so that the next run knows its remains as ours."""
        cut_off, state.helm_at_work = state.helm_at_work, True
        save_state(self.layout, state)
        try:
            changed = release.ensure_release(cluster, self.layout.chart, values, cut_off=cut_off)
        except Problem:
            state.helm_at_work = False
            save_state(self.layout, state)
            raise
        state.helm_at_work = False
        save_state(self.layout, state)
        return changed

    def _expose_frontend(self, steps: Steps, cluster: Cluster, state: RunState) -> list[str]:
        """See that the page answers on localhost; where no node port gets there, keep a port-forward."""
        with steps.step("Page") as step:
            if not self._ours_answers_in_time(cluster, step):
                self._forward(cluster, state, step)
            elif FORWARD in state.processes and not supervisor.alive(state.processes[FORWARD]):
                self._stop_forward(state)
            step.done(health.check_page(self.layout.address))
        if FORWARD not in state.processes:
            return []
        return [f"This cluster publishes no node port on localhost: a port-forward keeps {self.layout.address} open."]

    def _ours_answers_in_time(self, cluster: Cluster, step: Step) -> bool:
        """Wait for our page on localhost as long as it may still come: whoever holds the port may be its way in."""
        began = time.monotonic()
        while not self._ours_answers(cluster):
            port, waited = self.layout.port, time.monotonic() - began
            may_come = not ports.free(port) or self.target.holds_port(port)
            if waited > (PAGE_SECONDS if may_come else NODE_PORT_SECONDS):
                return False
            step.note("waiting for the node port")
            time.sleep(LOOK_SECONDS)
        return True

    def _ours_answers(self, cluster: Cluster) -> bool:
        """Does one of our own frontend pods answer at the public address?"""
        answer = health.get(f"{self.layout.address}/health/ready")
        if answer is None:
            return False
        pods = cluster.items("pods", "-l", f"{cluster.ours},app.kubernetes.io/component=frontend", check=False)
        return answer.headers.get("x-frontend-served-by") in {pod["metadata"]["name"] for pod in pods}

    def _forward(self, cluster: Cluster, state: RunState, step: Step) -> None:
        self._stop_forward(state)
        if self.target.holds_port(self.layout.port):
            raise Problem(
                f"{self.target.where} publishes port {self.layout.port}, but the page does not answer there",
                fix="./todo status; ./todo logs frontend",
            )
        if holder := ports.holder(self.layout.port):
            raise ports.taken(self.layout.port, holder)
        step.note("port-forward")
        target = f"service/{cluster.release}-frontend"
        port = cluster.get("service", f"{cluster.release}-frontend")["spec"]["ports"][0]["port"]
        forward = cluster.port_forward_command(target, f"{self.layout.port}:{port}")
        spec = ProcessSpec(
            name=FORWARD,
            command=[sys.executable, "-m", "todo_cli.kube.forward", *forward],
            settings={"PYTHONPATH": str(Path(__file__).parents[2])},
            cwd=self.layout.root,
            log=self.layout.logs / "port-forward.log",
        )
        record = supervisor.start(spec)
        state.processes[FORWARD] = record
        save_state(self.layout, state)
        url = f"{self.layout.address}/health/live"
        try:
            supervisor.wait_until(record, lambda: health.not_ready(url), timeout=PAGE_SECONDS, step=step)
        except BaseException:
            self._stop_forward(state)
            raise

    def _stop_forward(self, state: RunState) -> bool:
        record = state.processes.pop(FORWARD, None)
        stopped = record is not None and supervisor.stop(record, grace=5)
        save_state(self.layout, state)
        return stopped

    def _check_database_address(self) -> None:
        url = self.settings.get("DATABASE_URL") or ""
        if any(part in url for part in ("@localhost", "@127.0.0.1", "@[::1]", "host=/")):
            raise Problem(
                "DATABASE_URL names this machine's localhost, which is another place inside a pod",
                fix="use host.minikube.internal (Minikube) or this machine's address, or ./todo up --engine process",
            )


def _say(steps: Steps, text: str) -> None:
    steps.console.print(text, soft_wrap=True, markup=False)
