"""Which parameters the optimiser holds, and which of them the loss reaches."""

from ..base import Rule
from .ema_misconfigured import RULE as EMA_MISCONFIGURED
from .module_not_registered import RULE as MODULE_NOT_REGISTERED
from .optimizer_holds_other_parameters import RULE as OPTIMIZER_HOLDS_OTHER_PARAMETERS
from .optimizer_misses_parameters import RULE as OPTIMIZER_MISSES_PARAMETERS
from .parameters_frozen import RULE as PARAMETERS_FROZEN
from .weight_tying_wrong import RULE as WEIGHT_TYING_WRONG

RULES: tuple[Rule, ...] = (
    MODULE_NOT_REGISTERED,
    OPTIMIZER_HOLDS_OTHER_PARAMETERS,
    OPTIMIZER_MISSES_PARAMETERS,
    PARAMETERS_FROZEN,
    EMA_MISCONFIGURED,
    WEIGHT_TYING_WRONG,
)
