"""Judging the value: what a loss should read before, without and after learning."""

from ..base import Rule
from .chance_level_loss import RULE as CHANCE_LEVEL_LOSS
from .chance_level_start import RULE as CHANCE_LEVEL_START
from .clamped_loss import RULE as CLAMPED_LOSS
from .constant_metric import RULE as CONSTANT_METRIC
from .initial_loss_off import RULE as INITIAL_LOSS_OFF
from .negative_loss import RULE as NEGATIVE_LOSS
from .softmax_before_cross_entropy import RULE as SOFTMAX_BEFORE_CROSS_ENTROPY

RULES: tuple[Rule, ...] = (
    CHANCE_LEVEL_LOSS,
    CHANCE_LEVEL_START,
    CLAMPED_LOSS,
    CONSTANT_METRIC,
    INITIAL_LOSS_OFF,
    NEGATIVE_LOSS,
    SOFTMAX_BEFORE_CROSS_ENTROPY,
)
