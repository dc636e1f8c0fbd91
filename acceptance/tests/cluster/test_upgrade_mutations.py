"""Releases that are upgraded by a chart which is wrong on purpose: the checks that upgrade see it."""

import pytest
from acceptance.checks import provoking, values
from acceptance.scratch_release import ExternalDatabaseRelease
from acceptance.stack import Stack

from .conftest import Checkout, Examiner, by_chart

AWAY = ("values.yaml", "maxUnavailable: 0}", "maxUnavailable: 100%}")
CHARTS = [
    ("FR-007 SC-006 US3-2", ("templates/_helpers.tpl", '"LoadBalancer"', '"NodePort"'), "upgraded, production: the frontend's Service is NodePort"),
    ("FR-019 SC-014", ("templates/backend/deployment.yaml", "replicas: {{ $backend.replicas }}", "replicas: 2"), "Ready pods have 2"),
    ("FR-020", ("templates/ingress.yaml", "if (.Values.ingress).enabled", "if false"), "upgraded: hosts of Ingresses: none"),
    ("EC-1", AWAY, provoking.FORMER_SERVES),
    ("EC-4", ("templates/frontend/deployment.yaml", "default-container: frontend", "default-container: frontend\n        rolled: {{ randAlphaNum 8 }}"), "the frontend's pod was not"),
    ("EC-7", ("templates/_secrets_check.tpl", "| fail -", "| trunc 0 -"), "helm upgrade:"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("numbers", "edit", "saying"),
    [pytest.param(one, *rest, marks=pytest.mark.breaks(*one.split())) for one, *rest in CHARTS],
)
def test_an_upgrade_by_a_wrong_chart(
    examiner: Examiner,
    victim: Stack,
    broken: object,
    copied: Checkout,
    numbers: str,
    monkeypatch: pytest.MonkeyPatch,
    edit: tuple[str, str, str],
    saying: str,
) -> None:
    """The chart that the stack came from is right, so that what is rendered is; the releases are upgraded by another one."""
    monkeypatch.setattr(values, "CHANGED", {"backend.replicas": "3"})  # of those that roll no pod
    copied.edit(*edit)
    examiner.fails(*numbers.split(), stack=victim, saying=saying, releases=broken)


@pytest.mark.breaks("EC-2")
def test_an_upgrade_after_which_nothing_leads_to_the_backend(
    examiner: Examiner, victim: Stack, broken: object, copied: Checkout, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both Services select the new pods alone, which do not come about."""
    version = '  selector:\n    app.kubernetes.io/version: {{ include "todo-stack.version" $context }}\n'
    for service in ("service", "service-replicas"):
        copied.edit(f"templates/backend/{service}.yaml", "  selector:\n", version)
    monkeypatch.setattr(provoking, "AFTER_SECONDS", 25)  # until the frontend gives up the addresses that it knew
    examiner.fails("EC-2", stack=victim, saying="failed requests", releases=broken)


@pytest.mark.breaks("EC-8")
def test_an_upgrade_that_leaves_pods_with_the_former_key(
    examiner: Examiner,
    victim: Stack,
    broken: object,
    copied: Checkout,
    external_release: ExternalDatabaseRelease,
) -> None:
    copied.edit("templates/_secrets.tpl", "{{ toJson $used | sha256sum }}", "same")
    by_chart(external_release, copied.root).upgrade({}, wait=True)
    saying = "as a variable: some pod uses the former key after helm upgrade"
    examiner.fails("EC-8", stack=victim, saying=saying, releases=broken)
