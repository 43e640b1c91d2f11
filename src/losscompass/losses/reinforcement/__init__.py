"""Learning from reward."""

from ..base import Loss
from .policy_gradient import LOSS as POLICY_GRADIENT
from .ppo import LOSS as PPO
from .value import LOSS as VALUE

LOSSES: tuple[Loss, ...] = (POLICY_GRADIENT, PPO, VALUE)
