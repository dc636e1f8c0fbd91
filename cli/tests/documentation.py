"""The commands in the documentation, and for each the test that runs it, or why none does.

A command is a line of an `sh` block, and any code, in a block, a table or a sentence, that begins with a program.
"""

import os
import re
from collections.abc import Iterator
from pathlib import Path

CHECKOUT = Path(__file__).parents[2]

PROGRAMS = {
    "./todo", "cp", "cyclonedx-py", "docker", "export", "git", "helm", "k3d", "kind", "kubectl", "kubectl-ai", "minikube",
    "next", "node", "npm", "npx", "openssl", "pip", "pytest", "python", "ruff", "source", "sudo", "upgrade", "uv",
}  # fmt: skip

PROCESS = "cli/tests/process/test_readme.py::test_the_command_does_what_the_readme_says"
PROCESS_LOGS = "cli/tests/process/test_logs.py::test_a_request_s_id_finds_the_lines_of_both_tiers"
BENCHMARK = "cli/tests/process/test_readme.py::test_the_benchmark_starts_and_explains_itself"
API_SERVER = "cli/tests/cluster/test_documented_commands.py::test_the_cluster_accepts_the_command"
UPGRADE = "cli/tests/cluster/test_documented_commands.py::test_a_release_accepts_the_upgrade"
ON_CLUSTER = "cli/tests/cluster/test_documented_commands.py::test_the_command_runs_on_the_stack"
BY_HAND = "cli/tests/cluster/test_documented_install.py::test_the_images_and_helm_alone_are_enough"
QUERIES = "cli/tests/cluster/test_aiops.py::test_the_documented_queries_find_the_application"
LOCALLY = "cli/tests/test_documented_commands.py::test_the_shell_runs_the_command"
LOAD = "cli/tests/test_documented_commands.py::test_the_load_command_brings_both_images"
ACCOUNT_LINK = "cli/tests/test_account_links.py::test_the_pod_makes_it_and_standard_output_has_the_link_alone"
SUITES = "cli/src/todo_cli/testing/suites.py"

# The whole command, as `commands` gives it, and what runs it.
RUN_BY = {
    r"\./todo (up|doctor|status|logs|open|down)": PROCESS,
    r"\./todo (doctor|status) --json": PROCESS,
    r"\./todo (logs (backend|COMPONENT...|-f)|status --watch|down --data)": PROCESS,
    r"\./todo logs --request ID": PROCESS_LOGS,
    r"\./todo bench (api|crowd|images|lighthouse|live|proxy|scroll|soak|NAME)": BENCHMARK,
    r"\./todo dev": "cli/tests/process/test_dev.py::test_what_is_saved_shows_and_ctrl_c_leaves_nothing",
    r"\./todo up --set PATH=VALUE": "cli/tests/test_chart_values.py::test_it_is_kept_by_the_next_up_and_forgotten_by_down",
    r"\./todo up --help": "cli/tests/test_help.py::test_every_command_shows_how_it_is_used",
    r"\./todo down --all": "cli/tests/test_down_all.py::test_stacks_of_the_tests_go_too",
    r"\./todo images( --json)?": "cli/tests/test_images.py::test_layers_above_the_base_and_packages_by_size",
    r"\./todo images --build": "cli/tests/test_images.py::test_one_that_is_not_built_is_told_with_its_fix",
    r"\./todo test --list": "cli/tests/test_test.py::test_the_list_names_tools_and_tests_and_runs_nothing",
    r"\./todo images --sbom DIR": "cli/tests/test_images.py::test_bills_of_materials_lie_beside_each_other_named_as_their_images",
    r"\./todo completion bash\|zsh\|fish": "cli/tests/test_completion.py::test_a_script_is_one_that_its_shell_reads",
    r"source <\(\./todo completion bash\)": "cli/tests/test_completion.py::test_bash_completes_the_command_and_an_alias_of_it",
    r"\./todo up --engine kubernetes --load-command .*": LOAD,
    r"\./todo up --engine kubernetes --registry .*": "cli/tests/test_registry.py::test_both_images_are_pushed_and_pulled_from_there",
    r"\./todo down --forget": "cli/tests/test_error_paths.py::test_a_context_that_went_is_forgotten_only_when_asked",
    r"\./todo logs \| head": "cli/tests/test_interrupted_up.py::test_a_reader_that_has_gone_is_no_failure",
    r"export TODO_BUILD_OPTIONS=.*": "cli/tests/test_images.py::test_options_of_the_user_reach_docker",
    r"\./todo (scale N|verify (--only NUMBER|--quick))": ON_CLUSTER,
    r"\./todo scale": "cli/tests/test_scale_and_watch.py::test_it_is_a_value_of_the_release_which_up_keeps_and_down_forgets",
    r"\./todo (invite|reset-password) EMAIL": ACCOUNT_LINK,
    r"(kubectl exec deployment/todo-stack-frontend -- )?node server\.js \S+ EMAIL \S+": ACCOUNT_LINK,
    r"\./todo verify": f"{SUITES}::specification",
    r"\./todo failover( --only KIND| --seconds N)?": "acceptance/tests/cluster/test_failover.py::test_a_lost_replica_is_not_noticed",
    r"\./todo rotate( KEY)?": "acceptance/tests/cluster/test_rotate.py::test_a_rotated_auth_secret_is_proven_and_kept",
    r"\./todo rotate jwt-keys": "acceptance/tests/cluster/test_rotate.py::test_rotated_signing_keys_are_proven",
    r"\./todo rotate KEY --value-file FILE": "cli/tests/test_rotate.py::test_a_value_file_holds_one_line",
    r"(docker build -t|minikube image load) todo-(backend|frontend):0\.1\.0( backend| frontend)?": BY_HAND,
    r"helm install todo-stack .*": API_SERVER,
    r"helm upgrade --install .*": API_SERVER,
    r"kubectl create secret generic \S+ --from-literal.*": API_SERVER,
    r"helm upgrade todo-stack charts/todo-stack --reset-then-reuse-values.*": UPGRADE,
    r"helm test todo-stack": "charts/todo-stack/tests/test_cluster.py::test_helm_test_passes_and_leaves_nothing",
    r"helm rollback todo-stack( --wait)?": "cli/tests/cluster/test_edge_rollouts.py::test_upgrades_that_fail_collide_or_are_killed_and_a_rollback_keep_data_and_service",
    r"kubectl rollout restart deployment/todo-stack-backend( deployment/todo-stack-frontend)?": "acceptance/tests/cluster/test_failover.py::test_a_lost_replica_is_not_noticed",
    r"kubectl get (all|pods) -l app=todo.*": QUERIES,
    r"cp \.env\.example \.env": LOCALLY,
    r"openssl rand -base64 32": LOCALLY,
    r"npm ci": "cli/src/todo_cli/frontend_build.py::install_packages",
    r"npm run api-types": "frontend/tests/schema.test.ts::the API's types are those of the committed contract",
    r"node \.next/standalone/server\.js": "cli/src/todo_cli/engines/process.py::_frontend",
    r"npm (test|run (lint|typecheck|format:check))": f"{SUITES}::frontend",
    r"npm run e2e": f"{SUITES}::_journey",
    r"npm run build": "cli/src/todo_cli/frontend_build.py::built_frontend",
    r"python -m todo_backend openapi > contracts/openapi\.json": "backend/tests/core/test_openapi.py::test_the_committed_document_is_current",
    r"python docs/layers\.py --write": "backend/tests/core/test_layers.py::test_the_documented_picture_is_current",
    r"python -m todo_backend check": "backend/tests/core/test_codes.py::test_check_judges_the_settings",
    r"node check\.mjs": "frontend/tests/codes.test.ts::gives a line for each problem, of JSON or of words",
    r"kubectl proxy": "acceptance/api_server.py::reading",
    r"python -m todo_backend migrate": "cli/src/todo_cli/engines/process.py::_migrate",
}  # fmt: skip

NOT_RUN = {
    r"\./todo test( PART| PART...| backend| cluster| --limit MINUTES| --json FILE)?": "it is what runs the tests",
    r"python -m pytest .*|npx (vitest run|playwright test) .*": "a part of what `./todo test` runs",
    r"uv pip compile .*": "needs a package index; what it writes is installed with its hashes by every part",
    r"npm run screenshots": "takes the README's pictures, for a person to look at",
    r"kubectl-ai .*": "needs a model server's key; tests/cluster/test_aiops.py checks the files that it is given",
    r"kubectl apply -f deploy/aiops/kagent/": "needs kagent; tests/cluster/test_aiops.py checks both manifests",
    r"upgrade .*": "short for `helm upgrade`; tests/cluster/test_edge_refusals.py runs what status prints",
    r"kubectl (create|patch) secret (generic )?keys( .*)?": "shortened; tests/cluster/test_edge_*.py have what status prints",
    r"kubectl (logs|describe) .*": "shows what a broken release says; tests/cluster/test_edge_*.py break releases",
    r"kubectl --context NAME cluster-info": "for a cluster that does not answer",
    r"(minikube (start -p NAME|update-context)|sudo systemctl start docker)": "starts what is stopped on the user's machine",
    r"minikube tunnel": "asks for the user's password",
    r"helm (--wait|upgrade --set environment=production --wait)": "named; acceptance/checks/values.py upgrades without a wait",
    r"docker login": "signs in to a registry of the user's",
    r"docker builder prune; docker image prune": "deletes what the user's Docker keeps",
    r"minikube image load todo-backend:1": "tests/test_minikube.py runs it for the images that `up` builds",
    r"(kind load|k3d image import|minikube image load)": "named; engines/kubernetes.py has what `up` runs",
    r"(helm (upgrade|upgrade --wait|template|test|install|install --wait|rollback|-n NAMESPACE)|kubectl (describe|drain|rollout restart)|docker build)": "named",
    r"(docker build --target sbom|cyclonedx-py environment|npm sbom|next build|next dev|ruff format)": "named; a step of a build or test",
    r"kubectl knows no context|minikube is no longer on the PATH|kubectl \.\.\. exited 1:": "what status says",
}  # fmt: skip

_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$\n?", re.MULTILINE | re.DOTALL)
_INDENTED = re.compile(r"(?<=\n\n)(?: {4}\S.*\n(?: {4,}\S.*\n)*)")
_INLINE = re.compile(r"(?<!`)`([^`]+)`(?!`)")
_OPTIONAL = re.compile(r" \[([^\]]+)\]")
_SETTINGS = re.compile(r"^(?:[A-Z_]+=\S+ )+")


def documents() -> list[Path]:
    """Every page of the documentation: each Markdown file that is no dependency's."""
    pages = []
    for folder, folders, files in os.walk(CHECKOUT):
        folders[:] = [name for name in folders if name != "node_modules" and not name.startswith(".")]
        pages += [Path(folder, name) for name in files if name.endswith(".md")]
    return sorted(pages)


def commands(text: str) -> list[str]:
    """A page's commands in their order within blocks, then those within sentences and tables, each once.

    Comments and settings in front are dropped, continued lines joined; of a synopsis each optional part is taken by
    itself: `a [--b] [--c]` is a, a --b and a --c.
    """
    found = []
    for language, block in _FENCE.findall(text):
        found += [line for line in _lines(block) if language == "sh" or _is_command(line)]
    text = _FENCE.sub("\n", text)
    for block in _INDENTED.findall(text):
        found += filter(_is_command, _lines(block))
    for code in _INLINE.findall(_INDENTED.sub("\n", text)):
        command = _SETTINGS.sub("", " ".join(code.replace("\\|", "|").split())).removesuffix(" ...")
        if _is_command(command):
            found += _variants(command)
    return list(dict.fromkeys(found))


def run_by(test: str) -> list[str]:
    """The commands of all pages that this test has to run, each once."""
    patterns = [pattern for pattern, name in RUN_BY.items() if name == test]
    every = dict.fromkeys(command for page in documents() for command in commands(page.read_text()))
    return [command for command in every if any(re.fullmatch(pattern, command) for pattern in patterns)]


def _lines(block: str) -> Iterator[str]:
    for line in re.sub(r"\\\n\s*", "", block).splitlines():
        command = _SETTINGS.sub("", re.split(r"(?:^|\s)#\s", line)[0].strip())
        if command:
            yield command


def _is_command(text: str) -> bool:
    program, _, arguments = text.partition(" ")
    return program in PROGRAMS and bool(arguments)


def _variants(synopsis: str) -> Iterator[str]:
    base = _OPTIONAL.sub("", synopsis)
    yield base
    for part in _OPTIONAL.findall(synopsis):
        yield f"{base} {part}"
