"""What is fed: its values, its labels and its order."""

from ..base import Rule
from .augmentation_breaks_labels import RULE as AUGMENTATION_BREAKS_LABELS
from .data_not_shuffled import RULE as DATA_NOT_SHUFFLED
from .duplicate_random_data import RULE as DUPLICATE_RANDOM_DATA
from .future_leak import RULE as FUTURE_LEAK
from .label_format_wrong import RULE as LABEL_FORMAT_WRONG
from .label_misaligned import RULE as LABEL_MISALIGNED
from .non_finite_data import RULE as NON_FINITE_DATA

RULES: tuple[Rule, ...] = (
    AUGMENTATION_BREAKS_LABELS,
    DATA_NOT_SHUFFLED,
    DUPLICATE_RANDOM_DATA,
    FUTURE_LEAK,
    LABEL_FORMAT_WRONG,
    LABEL_MISALIGNED,
    NON_FINITE_DATA,
)
