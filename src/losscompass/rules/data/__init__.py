"""What is fed: its values and its order."""

from ..base import Rule
from .data_not_shuffled import RULE as DATA_NOT_SHUFFLED
from .non_finite_data import RULE as NON_FINITE_DATA

RULES: tuple[Rule, ...] = (
    DATA_NOT_SHUFFLED,
    NON_FINITE_DATA,
)
