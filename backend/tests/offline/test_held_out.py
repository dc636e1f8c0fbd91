"""Messages written before the rules were looked at: the first scores, and what is promised of them since.

Of the first set, 77 of 128 were right when it was first tried, and of the second, written after the rules had been
mended, 24 of 40; four of the first changed a task that was not meant, none of the second.
"""

import logging
from typing import Any

import pytest

from .held_out_cases import FIRST_SET, SECOND_SET
from .outcomes import Case, is_right
from .test_evaluation import carried_out


@pytest.mark.parametrize(
    ("cases", "at_least"), [(FIRST_SET, 0.9), (SECOND_SET, 0.6)], ids=["the first set", "the second set"]
)
def test_most_are_right_and_none_changes_what_was_not_meant(
    cases: list[Case], at_least: float, record_property: Any
) -> None:
    seen = [(case, carried_out(case)) for case in cases]
    wrong = [(case, outcome) for case, outcome in seen if not is_right(outcome, case.right)]
    told = "\n".join(f"{case.kind}: {' / '.join(case.said)}\n  {outcome}" for case, outcome in wrong)
    record_property("score", f"{len(cases) - len(wrong)}/{len(cases)}")
    logging.getLogger(__name__).info("%s of %s are right\n%s", len(cases) - len(wrong), len(cases), told)
    assert not [case for case, outcome in wrong if outcome.touched - case.right.touched], told
    assert len(cases) - len(wrong) >= at_least * len(cases), told
