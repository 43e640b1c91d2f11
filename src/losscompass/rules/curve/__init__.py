"""The shapes of curves, as rules."""

from ..base import Rule
from .adversarial_losses import RULE as ADVERSARIAL_LOSSES
from .generalization_gap import RULE as GENERALIZATION_GAP
from .loss_divergence import RULE as LOSS_DIVERGENCE
from .loss_flat import RULE as LOSS_FLAT
from .loss_oscillation import RULE as LOSS_OSCILLATION
from .loss_spike import RULE as LOSS_SPIKE
from .loss_still_falling import RULE as LOSS_STILL_FALLING
from .non_finite_loss import RULE as NON_FINITE_LOSS
from .overfitting import RULE as OVERFITTING
from .plateau import RULE as PLATEAU
from .slow_descent import RULE as SLOW_DESCENT
from .validation_below_train import RULE as VALIDATION_BELOW_TRAIN

RULES: tuple[Rule, ...] = (
    NON_FINITE_LOSS,
    LOSS_DIVERGENCE,
    LOSS_FLAT,
    OVERFITTING,
    LOSS_OSCILLATION,
    ADVERSARIAL_LOSSES,
    PLATEAU,
    LOSS_SPIKE,
    GENERALIZATION_GAP,
    VALIDATION_BELOW_TRAIN,
    LOSS_STILL_FALLING,
    SLOW_DESCENT,
)
