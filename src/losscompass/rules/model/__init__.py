"""How the network is made."""

from ..base import Rule
from .bad_initialisation import RULE as BAD_INITIALISATION
from .batch_norm_small_batch import RULE as BATCH_NORM_SMALL_BATCH
from .dead_relu import RULE as DEAD_RELU
from .dropout_too_strong import RULE as DROPOUT_TOO_STRONG
from .embedding_collapse import RULE as EMBEDDING_COLLAPSE
from .exploding_gradients import RULE as EXPLODING_GRADIENTS
from .gan_imbalance import RULE as GAN_IMBALANCE
from .gan_mode_collapse import RULE as GAN_MODE_COLLAPSE
from .gradient_clip_too_tight import RULE as GRADIENT_CLIP_TOO_TIGHT
from .low_precision import RULE as LOW_PRECISION
from .no_nonlinearity import RULE as NO_NONLINEARITY
from .underfit_capacity import RULE as UNDERFIT_CAPACITY
from .vanishing_gradients import RULE as VANISHING_GRADIENTS
from .weight_decay_too_strong import RULE as WEIGHT_DECAY_TOO_STRONG

RULES: tuple[Rule, ...] = (
    BAD_INITIALISATION,
    BATCH_NORM_SMALL_BATCH,
    DEAD_RELU,
    DROPOUT_TOO_STRONG,
    EMBEDDING_COLLAPSE,
    EXPLODING_GRADIENTS,
    GAN_IMBALANCE,
    GAN_MODE_COLLAPSE,
    GRADIENT_CLIP_TOO_TIGHT,
    LOW_PRECISION,
    NO_NONLINEARITY,
    UNDERFIT_CAPACITY,
    VANISHING_GRADIENTS,
    WEIGHT_DECAY_TOO_STRONG,
)
