"""Loss against metric, quality, reward and goal: each read in its own direction."""

from ..base import Rule
from .composite_part_stalled import RULE as COMPOSITE_PART_STALLED
from .generative_quality_divergence import RULE as GENERATIVE_QUALITY_DIVERGENCE
from .overconfidence import RULE as OVERCONFIDENCE
from .reward_falling import RULE as REWARD_FALLING
from .stalled_metric import RULE as STALLED_METRIC
from .target_met import RULE as TARGET_MET
from .target_missed import RULE as TARGET_MISSED

RULES: tuple[Rule, ...] = (
    OVERCONFIDENCE,
    STALLED_METRIC,
    GENERATIVE_QUALITY_DIVERGENCE,
    REWARD_FALLING,
    COMPOSITE_PART_STALLED,
    TARGET_MISSED,
    TARGET_MET,
)
