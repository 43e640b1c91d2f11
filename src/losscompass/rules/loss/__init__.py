"""What goes into the loss, and whether it is tied to what should learn from it."""

from ..base import Rule
from .class_weights_wrong import RULE as CLASS_WEIGHTS_WRONG
from .hidden_state_detached import RULE as HIDDEN_STATE_DETACHED
from .kl_weight_wrong import RULE as KL_WEIGHT_WRONG
from .log_probs_expected import RULE as LOG_PROBS_EXPECTED
from .loss_constant import RULE as LOSS_CONSTANT
from .loss_detached import RULE as LOSS_DETACHED
from .loss_reduction_wrong import RULE as LOSS_REDUCTION_WRONG
from .loss_task_mismatch import RULE as LOSS_TASK_MISMATCH
from .loss_wrong_sign import RULE as LOSS_WRONG_SIGN
from .numerical_instability_in_loss import RULE as NUMERICAL_INSTABILITY_IN_LOSS
from .output_activation_mismatch import RULE as OUTPUT_ACTIVATION_MISMATCH
from .padding_in_loss import RULE as PADDING_IN_LOSS
from .policy_gradient_wrong import RULE as POLICY_GRADIENT_WRONG
from .shape_broadcast_in_loss import RULE as SHAPE_BROADCAST_IN_LOSS
from .sigmoid_before_bce_with_logits import RULE as SIGMOID_BEFORE_BCE_WITH_LOGITS
from .tensor_layout_wrong import RULE as TENSOR_LAYOUT_WRONG
from .wrong_dimension import RULE as WRONG_DIMENSION

RULES: tuple[Rule, ...] = (
    CLASS_WEIGHTS_WRONG,
    HIDDEN_STATE_DETACHED,
    KL_WEIGHT_WRONG,
    LOG_PROBS_EXPECTED,
    LOSS_CONSTANT,
    LOSS_DETACHED,
    OUTPUT_ACTIVATION_MISMATCH,
    LOSS_REDUCTION_WRONG,
    LOSS_TASK_MISMATCH,
    LOSS_WRONG_SIGN,
    NUMERICAL_INSTABILITY_IN_LOSS,
    PADDING_IN_LOSS,
    POLICY_GRADIENT_WRONG,
    SHAPE_BROADCAST_IN_LOSS,
    SIGMOID_BEFORE_BCE_WITH_LOGITS,
    TENSOR_LAYOUT_WRONG,
    WRONG_DIMENSION,
)
