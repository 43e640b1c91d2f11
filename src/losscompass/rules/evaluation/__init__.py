"""How it is judged: what validation and metrics are computed on."""

from ..base import Rule
from .metric_wrong import RULE as METRIC_WRONG
from .model_selection_on_train import RULE as MODEL_SELECTION_ON_TRAIN
from .undertrained import RULE as UNDERTRAINED
from .validation_is_train import RULE as VALIDATION_IS_TRAIN

RULES: tuple[Rule, ...] = (VALIDATION_IS_TRAIN, MODEL_SELECTION_ON_TRAIN, METRIC_WRONG, UNDERTRAINED)
