"""What the log shows or hides: too little to tell, artefacts of how it was written, and when it should have ended."""

from ..base import Rule
from .running_mean_sawtooth import RULE as RUNNING_MEAN_SAWTOOTH
from .sparse_validation import RULE as SPARSE_VALIDATION
from .training_past_best import RULE as TRAINING_PAST_BEST
from .validation_not_logged import RULE as VALIDATION_NOT_LOGGED

RULES: tuple[Rule, ...] = (
    VALIDATION_NOT_LOGGED,
    SPARSE_VALIDATION,
    RUNNING_MEAN_SAWTOOTH,
    TRAINING_PAST_BEST,
)
