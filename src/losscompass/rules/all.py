"""Every rule, by category. A new category is one import and one line here."""

from collections.abc import Mapping
from types import MappingProxyType

from .base import Rule
from .curve import RULES as CURVE
from .data import RULES as DATA
from .dataset import RULES as DATASET
from .evaluation import RULES as EVALUATION
from .logging import RULES as LOGGING
from .loop import RULES as LOOP
from .loss import RULES as LOSS
from .metric import RULES as METRIC
from .model import RULES as MODEL
from .parameters import RULES as PARAMETERS
from .rate import RULES as RATE
from .value import RULES as VALUE

BY_CATEGORY: Mapping[str, tuple[Rule, ...]] = MappingProxyType(
    {
        "curve": CURVE,
        "value": VALUE,
        "loop": LOOP,
        "parameters": PARAMETERS,
        "loss": LOSS,
        "data": DATA,
        "evaluation": EVALUATION,
        "model": MODEL,
        "rate": RATE,
        "metric": METRIC,
        "logging": LOGGING,
        "dataset": DATASET,
    }
)

ALL: tuple[Rule, ...] = tuple(rule for rules in BY_CATEGORY.values() for rule in rules)

CATEGORY: Mapping[str, str] = MappingProxyType(
    {rule.id: category for category, rules in BY_CATEGORY.items() for rule in rules}
)
