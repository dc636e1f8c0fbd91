"""`./todo bench crowd`: 48 connections through the public address of a stack on Kubernetes, also while a pod is killed.

Signs up a user and lists 50 tasks with the session's cookie. Ends with an error where an answer was none. Results go to
bench/results/crowd.json.
"""

import argparse
import subprocess
import threading
from pathlib import Path

from support.browser import browser_with_tasks
from support.measuring import RESULTS, Round, interleaved, report, require_wrk, wrk

CONNECTIONS = 48
BACKENDS = "app=todo,tier=backend"


def main() -> None:
    """Run all rounds, print medians, write the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--public", default="http://localhost:30080")
    parser.add_argument("--kubectl", default="kubectl", help="the program, which knows the cluster")
    parser.add_argument("--namespace", default="todo-stack")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=20, help="of each measurement")
    parser.add_argument("--output", type=Path, default=RESULTS / "crowd.json")
    options = parser.parse_args()
    require_wrk()
    browser = browser_with_tasks(parser, options.public)
    kubectl = [options.kubectl, "--namespace", options.namespace]

    def undisturbed() -> Round:
        page = f"{options.public}/api/me/tasks?limit=50"
        return wrk(page, options.seconds, headers=browser.cookie, connections=CONNECTIONS)

    def kill_one() -> None:
        named = [*kubectl, "get", "pods", "--selector", BACKENDS, "--output", "name"]
        pod = subprocess.run(named, check=True, capture_output=True, text=True).stdout.split()[0]
        subprocess.run([*kubectl, "delete", pod, "--force", "--grace-period=0"], check=True, capture_output=True)

    def while_a_pod_is_killed() -> Round:
        killer = threading.Timer(options.seconds / 3, kill_one)
        killer.start()
        try:
            return undisturbed()
        finally:
            killer.join()
            ready = ["wait", "pods", "--selector", BACKENDS, "--for=condition=Ready", "--timeout=120s"]
            subprocess.run([*kubectl, *ready], check=True, capture_output=True)

    results = interleaved(
        {"48 connections": undisturbed, "while a pod is killed": while_a_pod_is_killed}, options.rounds
    )
    slowest = max(one["max_ms"] for rounds in results.values() for one in rounds)
    report(results, {}, options.output, slowest_ms=slowest)


if __name__ == "__main__":
    main()
