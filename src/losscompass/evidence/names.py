"""The canonical name and the role of a series, from whatever the log calls it."""

from dataclasses import dataclass
from enum import StrEnum


class Phase(StrEnum):
    """Whose data a number was measured on."""

    TRAIN = "train"
    VALIDATION = "val"
    TEST = "test"
    NONE = "none"  # learning rate, time, gradient norm …


class Kind(StrEnum):
    """What a number is, and so how it is read."""

    LOSS = "loss"  # minimised
    LOSS_PART = "loss-part"  # one term of a sum: box, cls, dfl, kl, penalty
    METRIC_UP = "metric-up"  # accuracy, F1, mAP, BLEU: higher is better
    METRIC_DOWN = "metric-down"  # error rate, perplexity, FID, WER, RMSE as a metric: lower is better
    REWARD = "reward"  # maximised
    LEARNING_RATE = "learning-rate"
    GRADIENT_NORM = "gradient-norm"
    TIME = "time"  # durations, throughput, ETA, memory
    COUNTER = "counter"  # step, epoch, iteration, samples seen
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Role:
    """What a series is."""

    phase: Phase
    kind: Kind

    @property
    def direction(self) -> int:
        """-1 if lower is better, +1 if higher is better, 0 if neither."""
        return {
            Kind.LOSS: -1,
            Kind.LOSS_PART: -1,
            Kind.METRIC_DOWN: -1,
            Kind.METRIC_UP: 1,
            Kind.REWARD: 1,
        }.get(self.kind, 0)
