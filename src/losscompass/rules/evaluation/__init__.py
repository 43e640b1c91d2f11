"""How it is judged: what validation and metrics are computed on."""

from ..base import Rule
from .undertrained import RULE as UNDERTRAINED
from .validation_is_train import RULE as VALIDATION_IS_TRAIN

RULES: tuple[Rule, ...] = (VALIDATION_IS_TRAIN, UNDERTRAINED)
