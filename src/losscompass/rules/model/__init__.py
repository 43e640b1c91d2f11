"""How the network is made."""

from ..base import Rule
from .no_nonlinearity import RULE as NO_NONLINEARITY

RULES: tuple[Rule, ...] = (NO_NONLINEARITY,)
