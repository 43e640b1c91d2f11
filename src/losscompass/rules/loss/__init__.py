"""What goes into the loss, and whether it is tied to what should learn from it."""

from ..base import Rule
from .log_probs_expected import RULE as LOG_PROBS_EXPECTED
from .loss_detached import RULE as LOSS_DETACHED
from .output_activation_mismatch import RULE as OUTPUT_ACTIVATION_MISMATCH
from .shape_broadcast_in_loss import RULE as SHAPE_BROADCAST_IN_LOSS
from .sigmoid_before_bce_with_logits import RULE as SIGMOID_BEFORE_BCE_WITH_LOGITS
from .wrong_dimension import RULE as WRONG_DIMENSION

RULES: tuple[Rule, ...] = (
    LOG_PROBS_EXPECTED,
    LOSS_DETACHED,
    OUTPUT_ACTIVATION_MISMATCH,
    SHAPE_BROADCAST_IN_LOSS,
    SIGMOID_BEFORE_BCE_WITH_LOGITS,
    WRONG_DIMENSION,
)
