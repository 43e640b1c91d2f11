"""Learning from reward."""

from ..base import Loss

LOSSES: tuple[Loss, ...] = ()
