"""The learning rate, where the log itself shows that it is wrong."""

from ..base import Rule
from .learning_rate_too_high import RULE as LEARNING_RATE_TOO_HIGH
from .learning_rate_too_low import RULE as LEARNING_RATE_TOO_LOW
from .scheduler_misconfigured import RULE as SCHEDULER_MISCONFIGURED
from .scheduler_step_frequency import RULE as SCHEDULER_STEP_FREQUENCY

RULES: tuple[Rule, ...] = (
    LEARNING_RATE_TOO_HIGH,
    LEARNING_RATE_TOO_LOW,
    SCHEDULER_MISCONFIGURED,
    SCHEDULER_STEP_FREQUENCY,
)
