"""Models that make things: adversaries, autoencoders, diffusion, language."""

from ..base import Loss
from .diffusion_epsilon import LOSS as DIFFUSION_EPSILON
from .diffusion_v import LOSS as DIFFUSION_V
from .diffusion_x0 import LOSS as DIFFUSION_X0
from .gan_bce import LOSS as GAN_BCE
from .gan_hinge import LOSS as GAN_HINGE
from .gan_least_squares import LOSS as GAN_LEAST_SQUARES
from .gan_wasserstein import LOSS as GAN_WASSERSTEIN
from .language_model import LOSS as LANGUAGE_MODEL
from .vae_elbo import LOSS as VAE_ELBO

LOSSES: tuple[Loss, ...] = (
    LANGUAGE_MODEL,
    DIFFUSION_EPSILON,
    DIFFUSION_X0,
    DIFFUSION_V,
    VAE_ELBO,
    GAN_BCE,
    GAN_LEAST_SQUARES,
    GAN_HINGE,
    GAN_WASSERSTEIN,
)
