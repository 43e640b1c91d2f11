"""The acts of the training loop: clear, forward, backward, step, and the modes they run in."""

from ..base import Rule
from .backward_missing import RULE as BACKWARD_MISSING
from .eval_mode_in_training import RULE as EVAL_MODE_IN_TRAINING
from .gradient_accumulation_wrong import RULE as GRADIENT_ACCUMULATION_WRONG
from .loss_accumulates_graph import RULE as LOSS_ACCUMULATES_GRAPH
from .missing_zero_grad import RULE as MISSING_ZERO_GRAD
from .optimizer_state_reset import RULE as OPTIMIZER_STATE_RESET
from .step_missing import RULE as STEP_MISSING
from .train_mode_in_validation import RULE as TRAIN_MODE_IN_VALIDATION
from .update_order_wrong import RULE as UPDATE_ORDER_WRONG
from .update_outside_loop import RULE as UPDATE_OUTSIDE_LOOP

RULES: tuple[Rule, ...] = (
    BACKWARD_MISSING,
    EVAL_MODE_IN_TRAINING,
    GRADIENT_ACCUMULATION_WRONG,
    LOSS_ACCUMULATES_GRAPH,
    MISSING_ZERO_GRAD,
    OPTIMIZER_STATE_RESET,
    STEP_MISSING,
    TRAIN_MODE_IN_VALIDATION,
    UPDATE_ORDER_WRONG,
    UPDATE_OUTSIDE_LOOP,
)
