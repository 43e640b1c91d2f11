"""Models that make things: adversaries, autoencoders, diffusion, language."""

from ..base import Loss

LOSSES: tuple[Loss, ...] = ()
