import logging
from collections import Counter
from typing import Any

import pytest

from .held_out_cases import FIRST_SET
from .outcomes import Case, Outcome, is_right
from .test_evaluation import carried_out
